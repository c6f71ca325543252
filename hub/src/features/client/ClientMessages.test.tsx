import { fireEvent, screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { ClientMessage, SentClientMessage } from "../../api/types.ts";
import { renderHub, type Answers } from "../../testing/render-hub.tsx";
import { AT, sampleClientMessage, sampleSession } from "../../testing/samples.ts";
import { ClientMessages } from "./ClientMessages.tsx";
import { bouncedAtOf } from "./contact.ts";
import { SendMessageDialog } from "./SendMessageDialog.tsx";

const list = (messages: ClientMessage[]): Answers => ({
  "GET /clients/cli_1/messages": { data: messages, has_more: false, next_cursor: null },
});

test("a message says what it was, why, to whom, and whether its link was opened", async () => {
  renderHub(<ClientMessages clientId="cli_1" />, list([sampleClientMessage({ opened_at: AT })]));
  const text = (await screen.findByRole("listitem")).textContent;
  for (const part of ["Sent", "First message", "Access was lost", "Ada", "ada@example.com", "Opened"])
    expect(text).toContain(part);
});

test("a message that came back says why", async () => {
  const bounced = sampleClientMessage({ state: "bounced", detail: "550 No such user" });
  renderHub(<ClientMessages clientId="cli_1" />, list([bounced]));
  const text = (await screen.findByRole("listitem")).textContent;
  for (const part of ["Did not arrive", "550 No such user"]) expect(text).toContain(part);
});

test("an address has bounced where the newest message to it came back", () => {
  const ada = { email: "Ada@example.com" };
  const bounced = sampleClientMessage({ state: "bounced" });
  expect(bouncedAtOf(ada, [bounced])).toBe(AT);
  expect(bouncedAtOf(ada, [sampleClientMessage(), bounced])).toBeNull();
  expect(bouncedAtOf({ email: "bo@example.com" }, [bounced])).toBeNull();
  expect(bouncedAtOf({ email: null }, [sampleClientMessage({ to: null, state: "bounced" })])).toBeNull();
});

/** As a preview answers: without the message that is sent. */
type Draft = Omit<SentClientMessage, "message">;
const DRAFT: Draft = {
  ...{ subject: "Access lost", text: "Plain words", html: "<p>Rich words</p>", language: "de" },
  ...{ recipients: [{ name: "Ada", address: "ada@example.com" }], refused_by: null, is_example: false },
};

function showDialog(draft: Draft) {
  return renderHub(<SendMessageDialog wabaId="1" onClose={() => undefined} />, {
    ...{ "GET /session": sampleSession("support"), "POST /wabas/1/client-messages": draft },
  });
}

test("the message is shown before it is sent: to whom, subject, HTML that runs nothing, plain text", async () => {
  const shown = showDialog(DRAFT);
  const dialog = within(await screen.findByRole("dialog"));
  const frame = await dialog.findByTitle<HTMLIFrameElement>("Preview of the message");
  expect([frame.getAttribute("sandbox"), frame.srcdoc]).toEqual(["", "<p>Rich words</p>"]);
  expect(dialog.getByText("ada@example.com")).toBeDefined();
  expect(dialog.getByText("Access lost")).toBeDefined();
  fireEvent.click(dialog.getByRole("button", { name: "Plain text" }));
  expect(dialog.getByText("Plain words")).toBeDefined();
  expect(shown.asked.filter(({ request }) => request.startsWith("POST")).map(({ body }) => body)).toEqual([
    { channel: "email", preview: true },
  ]);
  fireEvent.click(dialog.getByRole("button", { name: "Send" }));
  await dialog.findByText("Plain words");
  expect(shown.asked).toContainEqual({
    request: "POST /wabas/1/client-messages",
    body: { channel: "email" },
  });
});

test("what cannot be sent is shown, with the reason, and not offered to be sent", async () => {
  showDialog({ ...DRAFT, recipients: [], refused_by: "no_contact" });
  const dialog = within(await screen.findByRole("dialog"));
  expect(await dialog.findByText(/Add one first/)).toBeDefined();
  expect(dialog.getByRole<HTMLButtonElement>("button", { name: "Send" }).disabled).toBe(true);
});
