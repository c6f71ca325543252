import { fireEvent, screen, within } from "@testing-library/react";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { Passkey, Session, SessionPerson } from "../../api/types.ts";
import { Refused, renderHub, type Answers } from "../../testing/render-hub.tsx";
import { AT, sampleSession } from "../../testing/samples.ts";
import { SecurityPage } from "./SecurityPage.tsx";

const PERSON: SessionPerson = {
  ...{ email: "olga@provider.example", mfa: [], has_password: true, recovery_code_count: 0 },
};
const PHONE: Passkey = {
  ...{ id: "pk-1", name: "Phone", created_at: AT, last_used_at: null, is_backed_up: true },
};
const personSession = (change: Partial<SessionPerson> = {}): Session => ({
  ...sampleSession("viewer"),
  person: { ...PERSON, ...change },
});
const sessionOf = (openedWith: string) => ({
  ...{
    id: "ses-1",
    actor: { id: "usr-1", name: "Olga" },
    opened_with: openedWith,
    address: null,
    agent: null,
  },
  ...{ created_at: AT, last_used_at: AT, expires_at: AT, is_current: true },
});

const show = (session: Session, answers: Answers = {}, openedWith = "password") =>
  renderHub(<SecurityPage />, {
    "GET /session": session,
    "GET /session/ways": { password: true, oidc: [], passkey: true },
    "GET /sessions": { data: [sessionOf(openedWith)] },
    "GET /passkeys": { data: [] },
    ...answers,
  });

afterEach(() => vi.restoreAllMocks());

describe("who has no password is told what applies", () => {
  test("a key has no second factor; with ADMIN_API_KEY one is led to become a person", async () => {
    show({ actor: { id: "key_admin", name: "Admin key", role: "admin" }, person: null }, {}, "api_key");
    expect(await screen.findByText(/You are signed in with ADMIN_API_KEY/)).toBeDefined();
    expect(screen.queryByRole("button", { name: /password|Set up|passkey/ })).toBeNull();
  });
  test("single sign-on has its own password and second factor", async () => {
    show(personSession({ has_password: false }), {}, "oidc");
    expect(await screen.findByText(/You signed in by single sign-on/)).toBeDefined();
    expect(screen.getByText(/You have no password/)).toBeDefined();
    expect(screen.queryByRole("button", { name: /Change password|Set up/ })).toBeNull();
  });
  test("passwords that are off cannot be changed", async () => {
    show(personSession(), { "GET /session/ways": { password: false, oidc: [], passkey: true } });
    expect(await screen.findByText(/Passwords are off/)).toBeDefined();
    expect(screen.queryByRole("button", { name: /Change password|Set up/ })).toBeNull();
  });
  test("an address without a name keeps no passkey", async () => {
    show(personSession(), { "GET /session/ways": { password: true, oidc: [], passkey: false } });
    expect(await screen.findByText(/Browsers keep a passkey for a host name only/)).toBeDefined();
    expect(screen.queryByRole("button", { name: "Add a passkey" })).toBeNull();
  });
});

describe("the password", () => {
  const change = async (answer: unknown) => {
    const shown = show(personSession(), { "PUT /session/password": answer });
    fireEvent.click(await screen.findByRole("button", { name: "Change password" }));
    const dialog = within(await screen.findByRole("dialog", { name: "Change password" }));
    fireEvent.change(dialog.getByLabelText("Current password"), { target: { value: "old one" } });
    fireEvent.change(dialog.getByLabelText("New password"), { target: { value: "a new long sentence" } });
    fireEvent.click(dialog.getByRole("button", { name: "Change" }));
    return { ...shown, dialog };
  };
  test("is changed with the current one, and the page says so", async () => {
    const { asked } = await change(undefined);
    const body = { current: "old one", new: "a new long sentence" };
    expect(await screen.findByText(/Your password is changed/)).toBeDefined();
    expect(asked).toContainEqual({ request: "PUT /session/password", body });
  });
  test("that is refused stays in the dialog with its reason", async () => {
    const { dialog } = await change(new Refused(403, { title: "Wrong password" }));
    expect((await dialog.findByRole("alert")).textContent).toContain("Wrong password");
  });
});

describe("the authenticator app", () => {
  const BEGUN = {
    secret: "JBSWY3DPEHPK3PXP",
    url: "otpauth://totp/Sharekeeper:olga?secret=JBSWY3DPEHPK3PXP",
  };
  test("is set up by a code, and its recovery codes are shown until they are kept", async () => {
    const { asked } = show(personSession(), {
      "POST /session/totp": BEGUN,
      "PUT /session/totp": { recovery_codes: ["aaaa-bbbb", "cccc-dddd"] },
    });
    fireEvent.click(await screen.findByRole("button", { name: "Set up" }));
    const dialog = within(await screen.findByRole("dialog", { name: "Set up an authenticator app" }));
    expect(dialog.getByText("JBSW Y3DP EHPK 3PXP")).toBeDefined();
    fireEvent.change(dialog.getByLabelText("Code that the app shows"), { target: { value: " 123456 " } });
    fireEvent.click(dialog.getByRole("button", { name: "Turn on" }));
    const codes = await screen.findByRole("list", { name: "Recovery codes" });
    expect(
      within(codes)
        .getAllByRole("listitem")
        .map(({ textContent }) => textContent),
    ).toEqual([...["aaaa-bbbb", "cccc-dddd"]]);
    expect(asked).toContainEqual({ request: "PUT /session/totp", body: { code: "123456" } });
    fireEvent.keyDown(codes, { key: "Escape" });
    fireEvent.click(screen.getByRole("button", { name: "I have kept them" }));
    await expect.poll(() => screen.queryByRole("dialog")).toBeNull();
  });
  test("needs a fresh sign-in, and leads to it", async () => {
    const stale = new Refused(403, { title: "Sign in again first", code: "sign_in_again" });
    const { asked } = show(personSession(), { "POST /session/totp": stale, "DELETE /session": undefined });
    fireEvent.click(await screen.findByRole("button", { name: "Set up" }));
    fireEvent.click(await screen.findByRole("button", { name: "Sign in again" }));
    await expect.poll(() => asked.map(({ request }) => request)).toContain("DELETE /session");
  });
  test("in force says how many recovery codes are left, and is removed by the password", async () => {
    const session = personSession({ mfa: ["totp"], recovery_code_count: 2 });
    const { asked } = show(session, { "DELETE /session/totp": undefined });
    expect(await screen.findByText("In force. 2 recovery codes are left.")).toBeDefined();
    fireEvent.click(screen.getByRole("button", { name: "Remove" }));
    const dialog = within(await screen.findByRole("dialog", { name: "Remove the authenticator app?" }));
    fireEvent.change(dialog.getByLabelText("Current password"), { target: { value: "old one" } });
    fireEvent.click(dialog.getByRole("button", { name: "Remove the app" }));
    await expect
      .poll(() => asked)
      .toContainEqual({ request: "DELETE /session/totp", body: { password: "old one" } });
  });
  test("of somebody without a password is removed by a code", async () => {
    const session = personSession({ mfa: ["totp"], has_password: false, recovery_code_count: 9 });
    const { asked } = show(session, { "DELETE /session/totp": undefined });
    fireEvent.click(await screen.findByRole("button", { name: "Remove" }));
    const dialog = within(await screen.findByRole("dialog", { name: "Remove the authenticator app?" }));
    fireEvent.change(dialog.getByLabelText("Code"), { target: { value: "123456" } });
    fireEvent.click(dialog.getByRole("button", { name: "Remove the app" }));
    await expect
      .poll(() => asked)
      .toContainEqual({ request: "DELETE /session/totp", body: { totp: "123456" } });
  });
});

describe("passkeys", () => {
  test("are a list, and removing one asks first", async () => {
    const { asked } = show(personSession(), {
      "GET /passkeys": { data: [PHONE] },
      "DELETE /passkeys/pk-1": undefined,
    });
    const row = await screen.findByRole("row", { name: /Phone/ });
    expect(row.textContent).toContain("survives a lost device");
    fireEvent.click(within(row).getByRole("button", { name: "Remove Phone" }));
    const dialog = within(await screen.findByRole("dialog", { name: /Remove .*Phone/ }));
    expect(asked.map(({ request }) => request)).not.toContain("DELETE /passkeys/pk-1");
    fireEvent.click(dialog.getByRole("button", { name: "Remove" }));
    await expect.poll(() => asked.map(({ request }) => request)).toContain("DELETE /passkeys/pk-1");
  });
  test("cannot be added long after the sign-in; the dialog leads to a fresh one", async () => {
    const stale = new Refused(403, { title: "Sign in again first", code: "sign_in_again" });
    show(personSession(), { "POST /passkeys/options": stale });
    fireEvent.click(await screen.findByRole("button", { name: "Add a passkey" }));
    const dialog = within(await screen.findByRole("dialog", { name: "Add a passkey" }));
    fireEvent.change(dialog.getByLabelText("Name of the passkey"), { target: { value: "Phone" } });
    fireEvent.click(dialog.getByRole("button", { name: "Go on" }));
    expect(await dialog.findByRole("button", { name: "Sign in again" })).toBeDefined();
  });
});
