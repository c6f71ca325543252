import { fireEvent, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { Refused, renderHub, type Answers } from "../../testing/render-hub.tsx";
import { Ways } from "./SignInPage.tsx";

const ABOUT = { partner: { name: "Acme" }, sandbox: null };
const OKTA = { id: "default", name: "Okta", start_url: "/api/v1/auth/oidc/default/start" };
const WAYS = "GET /session/ways";

const show = (answers: Answers) => renderHub(<Ways next="/wabas?q=1" />, { "GET /about": ABOUT, ...answers });

test("single sign-on is a link that leads back to the page asked for; the key stands behind a button", async () => {
  show({ [WAYS]: { oidc: [OKTA], passkey: false } });
  const link = await screen.findByRole("link", { name: "Continue with Okta" });
  expect(link.getAttribute("href")).toBe("/api/v1/auth/oidc/default/start?next=%2Fwabas%3Fq%3D1");
  expect(screen.queryByLabelText("API key")).toBeNull();
  fireEvent.click(screen.getByRole("button", { name: "Use an API key" }));
  expect(screen.getByLabelText("API key")).toBeDefined();
});

test("the password comes first, the passkey under it, and the key behind a button", async () => {
  show({ [WAYS]: { oidc: [], passkey: true, password: true } });
  expect(await screen.findByLabelText("E-mail address")).toBeDefined();
  expect(screen.getByRole("button", { name: "Use a passkey" })).toBeDefined();
  expect(screen.queryByLabelText("API key")).toBeNull();
  fireEvent.click(screen.getByRole("button", { name: "Use an API key" }));
  expect(screen.getByLabelText("API key")).toBeDefined();
});

test("the sandbox fills its key in, and shows it first beside single sign-on", async () => {
  const sandbox = { api_key: "sandbox-key", emulator_url: "http://emulator.test" };
  show({ "GET /about": { ...ABOUT, sandbox }, [WAYS]: { oidc: [OKTA], passkey: false } });
  expect((await screen.findByLabelText<HTMLInputElement>("API key")).value).toBe("sandbox-key");
});

test("the sandbox's key makes room for the password of a person", async () => {
  const sandbox = { api_key: "sandbox-key", emulator_url: "http://emulator.test" };
  show({ "GET /about": { ...ABOUT, sandbox }, [WAYS]: { oidc: [], passkey: false, password: true } });
  fireEvent.click(await screen.findByRole("button", { name: "Use an e-mail address and a password" }));
  expect(screen.getByLabelText("E-mail address")).toBeDefined();
  expect(screen.queryByLabelText("API key")).toBeNull();
  expect(screen.getByRole("button", { name: "Use an API key" })).toBeDefined();
});

test("a list of ways that cannot be read leaves the key", async () => {
  show({ [WAYS]: new Refused(500, { title: "Not now" }) });
  expect(await screen.findByLabelText("API key")).toBeDefined();
});

test("a wrong key is said at the field, and an empty one is not sent", async () => {
  const refused = new Refused(401, { title: "Wrong", code: "wrong_api_key" });
  const { asked } = show({ [WAYS]: { oidc: [], passkey: false }, "POST /session": refused });
  const field = await screen.findByLabelText("API key");
  fireEvent.click(screen.getByRole("button", { name: "Sign in" }));
  await expect.poll(() => screen.getByRole("alert").textContent).toContain("Enter an API key");
  expect(asked.map(({ request }) => request)).not.toContain("POST /session");
  fireEvent.change(field, { target: { value: " nope " } });
  fireEvent.click(screen.getByRole("button", { name: "Sign in" }));
  await expect.poll(() => screen.getByRole("alert").textContent).toContain("not valid here");
  expect(asked).toContainEqual({ request: "POST /session", body: { api_key: "nope" } });
});

test("a refused passkey, or a browser without one, is said at the button", async () => {
  show({
    [WAYS]: { oidc: [], passkey: true },
    "POST /session/passkey/options": new Refused(400, { title: "Passkeys need a name" }),
  });
  fireEvent.click(await screen.findByRole("button", { name: "Use a passkey" }));
  expect(await screen.findByText("Passkeys need a name")).toBeDefined();
});
