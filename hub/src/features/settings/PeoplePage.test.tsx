import { fireEvent, screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { User } from "../../api/types.ts";
import { Refused, renderHub } from "../../testing/render-hub.tsx";
import { sampleSession } from "../../testing/samples.ts";
import { PeoplePage } from "./PeoplePage.tsx";

const OLGA: User = {
  ...{ id: "usr-1", email: "olga@provider.example", name: "Olga", role: "operator" },
  ...{ state: "active", last_seen_at: null, mfa: [] },
};
const URL = "https://hub.example/sign-in#invitation=once";
const READ = { "GET /session": sampleSession("admin"), "GET /users": { data: [OLGA] } };

test("an invitation's link is shown once, and only the confirmation closes it", async () => {
  const invited = { ...OLGA, invitation: { url: URL, expires_at: "2026-01-08T00:00:00.000Z" } };
  const { asked } = renderHub(<PeoplePage />, { ...READ, "POST /users": invited });
  fireEvent.click(await screen.findByRole("button", { name: "Invite somebody" }));
  const ask = within(await screen.findByRole("dialog", { name: "Invite somebody" }));
  fireEvent.change(ask.getByLabelText("Name"), { target: { value: " Olga " } });
  fireEvent.change(ask.getByLabelText("E-mail address"), { target: { value: OLGA.email } });
  fireEvent.change(ask.getByLabelText("Role"), { target: { value: "operator" } });
  fireEvent.click(ask.getByRole("button", { name: "Invite" }));
  const made = await screen.findByRole("dialog", { name: "Copy the link now" });
  expect(within(made).getByText(URL)).toBeDefined();
  const body = { name: "Olga", email: OLGA.email, role: "operator" };
  expect(asked).toContainEqual({ request: "POST /users", body });
  fireEvent.keyDown(made, { key: "Escape" });
  fireEvent.click(screen.getByRole("button", { name: "I have copied it" }));
  expect(screen.queryByText(URL)).toBeNull();
});

test("a refused change of role is shown with its reason", async () => {
  const refused = new Refused(409, { title: "The last administrator" });
  const { asked } = renderHub(<PeoplePage />, { ...READ, "PATCH /users/usr-1": refused });
  fireEvent.change(await screen.findByLabelText("Role of Olga"), { target: { value: "viewer" } });
  expect((await screen.findByRole("alert")).textContent).toContain("The last administrator");
  expect(asked).toContainEqual({ request: "PATCH /users/usr-1", body: { role: "viewer" } });
});

test("a lost second factor is reset after a question; without one there is nothing to reset", async () => {
  const people = [
    { ...OLGA, mfa: ["totp"] },
    { ...OLGA, id: "usr-2", name: "Sam" },
  ];
  const answers = { ...READ, "GET /users": { data: people }, "PATCH /users/usr-1": OLGA };
  const { asked } = renderHub(<PeoplePage />, answers);
  fireEvent.click(await screen.findByRole("button", { name: "Reset second factor Olga" }));
  expect(screen.queryByRole("button", { name: "Reset second factor Sam" })).toBeNull();
  const dialog = within(await screen.findByRole("dialog", { name: /Reset the second factor of .*Olga/ }));
  fireEvent.click(dialog.getByRole("button", { name: "Reset" }));
  await expect.poll(() => asked).toContainEqual({ request: "PATCH /users/usr-1", body: { mfa: [] } });
});

test("deleting asks first", async () => {
  const { asked } = renderHub(<PeoplePage />, { ...READ, "DELETE /users/usr-1": undefined });
  fireEvent.click(await screen.findByRole("button", { name: "Delete Olga" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Delete Olga?" }));
  expect(asked.map(({ request }) => request)).not.toContain("DELETE /users/usr-1");
  fireEvent.click(dialog.getByRole("button", { name: "Delete" }));
  await expect.poll(() => asked.map(({ request }) => request)).toContain("DELETE /users/usr-1");
  await expect.poll(() => screen.queryByRole("dialog")).toBeNull();
});

test("whoever is no administrator is offered nothing, and nothing is asked for them", async () => {
  const { asked } = renderHub(<PeoplePage />, { "GET /session": sampleSession("operator") });
  expect(await screen.findByText("You may not see this")).toBeDefined();
  expect(screen.queryByRole("button", { name: "Invite somebody" })).toBeNull();
  expect(asked.map(({ request }) => request)).toEqual(["GET /session"]);
});
