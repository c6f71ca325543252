import { fireEvent, screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { ChannelKey } from "../../api/types.ts";
import { Refused, renderHub, type Answers } from "../../testing/render-hub.tsx";
import { AT } from "../../testing/samples.ts";
import { KeysPanel } from "./KeysPanel.tsx";

const KEY: ChannelKey = {
  id: "key-9",
  label: "order service",
  hint: "4f2a",
  created_at: AT,
  last_used_at: null,
};
const LIST = "GET /numbers/number-1/keys";
const CREATE = "POST /numbers/number-1/keys";
const REVOKE = "DELETE /numbers/number-1/keys/key-9";

const show = (answers: Answers) => renderHub(<KeysPanel numberId="number-1" />, answers);

test("a key is a row: label, its last characters, and that it was never used", async () => {
  show({ [LIST]: { data: [KEY] } });
  const row = await screen.findByRole("row", { name: /order service/ });
  expect(row.textContent).toContain("…4f2a");
  expect(row.textContent).toContain("never");
});

test("without keys the panel says what one is for", async () => {
  show({ [LIST]: { data: [] } });
  expect(await screen.findByText(/No keys yet/)).toBeDefined();
});

test("a new key is shown once; only the confirmation closes the dialog", async () => {
  const { asked } = show({ [LIST]: { data: [] }, [CREATE]: { ...KEY, key: "sk_live_secret" } });
  fireEvent.click(screen.getByRole("button", { name: "Create key" }));
  const ask = within(await screen.findByRole("dialog", { name: "Create a channel key" }));
  fireEvent.change(ask.getByLabelText("Label"), { target: { value: " order service " } });
  fireEvent.click(ask.getByRole("button", { name: "Create key" }));
  const made = await screen.findByRole("dialog", { name: "Copy the key now" });
  expect(within(made).getByText("sk_live_secret")).toBeDefined();
  expect(asked).toContainEqual({ request: CREATE, body: { label: "order service" } });
  fireEvent.keyDown(made, { key: "Escape" });
  expect(screen.queryByRole("button", { name: "Close" })).toBeNull();
  expect(screen.getByText("sk_live_secret")).toBeDefined();
  fireEvent.click(screen.getByRole("button", { name: "I have copied it" }));
  expect(screen.queryByRole("dialog")).toBeNull();
});

test("revoking asks first, and a refusal stays in the dialog", async () => {
  const { asked } = show({ [LIST]: { data: [KEY] }, [REVOKE]: new Refused(500, { title: "Not revoked" }) });
  fireEvent.click(await screen.findByRole("button", { name: "Revoke order service" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Revoke order service?" }));
  expect(asked.map(({ request }) => request)).not.toContain(REVOKE);
  fireEvent.click(dialog.getByRole("button", { name: "Revoke" }));
  expect((await dialog.findByRole("alert")).textContent).toContain("Not revoked");
});

test("a revoked key ends the dialog", async () => {
  show({ [LIST]: { data: [KEY] }, [REVOKE]: undefined });
  fireEvent.click(await screen.findByRole("button", { name: "Revoke order service" }));
  fireEvent.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Revoke" }));
  await expect.poll(() => screen.queryByRole("dialog")).toBeNull();
});

test("a list that cannot be read says so and can be read again", async () => {
  show({ [LIST]: new Refused(500, { title: "Not now" }) });
  expect((await screen.findByRole("alert")).textContent).toContain("Not now");
  expect(screen.getByRole("button", { name: "Try again" })).toBeDefined();
});
