import { fireEvent, screen, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import type { ApiKey, User } from "../../api/types.ts";
import { renderHub, type Answers } from "../../testing/render-hub.tsx";
import { AT, sampleApiKey, sampleSession, sampleWaba } from "../../testing/samples.ts";
import { ApiKeys } from "./ApiKeysPage.tsx";

const LIST = "GET /api-keys";
const SECRET = "shk_8k2m5v9q_secret";
const OLGA: User = {
  ...{ id: "usr-1", email: "olga@provider.example", name: "Olga", role: "admin" },
  ...{ state: "active", last_seen_at: null, mfa: [] },
};
const BASE = { "GET /session": sampleSession("admin"), "GET /users": { data: [OLGA] } };

const show = (keys: ApiKey[], answers: Answers = {}, q = "") =>
  renderHub(<ApiKeys q={q} onSearch={vi.fn()} />, { ...BASE, [LIST]: { data: keys }, ...answers });
const requestsOf = ({ asked }: ReturnType<typeof show>) => asked.map(({ request }) => request);

test("a row says what a key may do, for whom, who made it and that it was never used", async () => {
  const key = sampleApiKey({ scopes: ["can-send", "reshare"], client_id: "cli_1" });
  show([key], { "GET /clients/cli_1": { id: "cli_1", name: "Northwind" } });
  const row = await screen.findByRole("row", { name: /billing service/ });
  for (const text of ["Operator", "Ask whether numbers may send, Re-share links", "never", "shk_8k2m5v9q"])
    expect(row.textContent).toContain(text);
  expect(await within(row).findByRole("link", { name: "Northwind" })).toBeDefined();
  expect(await within(row).findByText("Olga")).toBeDefined();
});

test("an ended key stays in the list, and nothing can be done with it", async () => {
  show([sampleApiKey({ revoked_at: AT })]);
  const row = await screen.findByRole("row", { name: /billing service/ });
  expect(within(row).getByText("Was revoked")).toBeDefined();
  expect(within(row).queryByRole("button", { name: /^(Rotate|Revoke)/ })).toBeNull();
});

test("without keys the page says what one is for, and offers the first", async () => {
  show([]);
  expect(await screen.findByRole("heading", { name: "No API keys yet" })).toBeDefined();
  expect(screen.getAllByRole("button", { name: "Create key" })).toHaveLength(1);
  expect(screen.queryByRole("searchbox")).toBeNull();
});

test("a search without a result says what that means", async () => {
  show([sampleApiKey()], {}, "shk_nowhere2");
  expect(await screen.findByText("No API key matches")).toBeDefined();
});

test("a key is made with a scope for one client, and shown once", async () => {
  const waba = sampleWaba();
  const made = { ...sampleApiKey(), key: SECRET };
  const shown = show([], { "POST /api-keys": made, "GET /wabas": { data: [waba], has_more: false } });
  fireEvent.click(await screen.findByRole("button", { name: "Create key" }));
  const form = within(await screen.findByRole("dialog", { name: "Create an API key" }));
  const submit = form.getByRole<HTMLButtonElement>("button", { name: "Create key" });
  expect(submit.disabled).toBe(true);
  fireEvent.change(form.getByLabelText("Name"), { target: { value: "CRM" } });
  fireEvent.change(form.getByLabelText("Role"), { target: { value: "support" } });
  fireEvent.click(form.getByLabelText("Only this"));
  expect(form.getByLabelText<HTMLInputElement>(/Channel keys/).disabled).toBe(true);
  fireEvent.click(form.getByLabelText(/Re-share links/));
  fireEvent.click(form.getByLabelText("Only those of one client"));
  fireEvent.click(await form.findByLabelText("Northwind"));
  fireEvent.change(form.getByLabelText("Valid"), { target: { value: "never" } });
  fireEvent.click(submit);
  const once = await screen.findByRole("dialog", { name: "Copy the key now" });
  expect(within(once).getByText(SECRET)).toBeDefined();
  const body = { name: "CRM", role: "support", scopes: ["reshare"], client_id: "client-1" };
  expect(shown.asked).toContainEqual({ request: "POST /api-keys", body });
  fireEvent.keyDown(once, { key: "Escape" });
  fireEvent.click(screen.getByRole("button", { name: "I have copied it" }));
  expect(screen.queryByText(SECRET)).toBeNull();
});

test("rotating asks how long the key until now is valid, and shows the new one", async () => {
  const rotated = { ...sampleApiKey(), key: SECRET };
  const shown = show([sampleApiKey()], { "POST /api-keys/key_1/rotate": rotated });
  fireEvent.click(await screen.findByRole("button", { name: "Rotate billing service" }));
  const dialog = within(await screen.findByRole("dialog", { name: /Rotate .*billing service/ }));
  fireEvent.change(dialog.getByLabelText("The key until now ends"), { target: { value: "now" } });
  fireEvent.click(dialog.getByRole("button", { name: "Rotate" }));
  expect(await screen.findByText(SECRET)).toBeDefined();
  expect(shown.asked).toContainEqual({ request: "POST /api-keys/key_1/rotate", body: { overlap_s: 0 } });
});

test("revoking names the key and asks first; the own key is said to sign out", async () => {
  const own = sampleApiKey({ id: "key-1" });
  const shown = show([own], { "DELETE /api-keys/key-1": undefined });
  fireEvent.click(await screen.findByRole("button", { name: "Revoke billing service" }));
  const dialog = within(await screen.findByRole("dialog", { name: /Revoke .*billing service/ }));
  expect(dialog.getByText(/The key shk_8k2m5v9q ends at once/)).toBeDefined();
  expect(dialog.getByText(/you are signed out too/)).toBeDefined();
  expect(requestsOf(shown)).not.toContain("DELETE /api-keys/key-1");
  fireEvent.click(dialog.getByRole("button", { name: "Revoke" }));
  await expect.poll(() => requestsOf(shown)).toContain("DELETE /api-keys/key-1");
  await expect.poll(() => screen.queryByRole("dialog")).toBeNull();
});
