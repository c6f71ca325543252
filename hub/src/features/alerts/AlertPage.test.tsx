import { fireEvent, screen, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import type { Alert, Session } from "../../api/types.ts";
import { renderHub, type Answers } from "../../testing/render-hub.tsx";
import { AT, lostWaba, sampleAlert, sampleSession } from "../../testing/samples.ts";
import { AlertOf } from "./AlertPage.tsx";

const TAKEN = sampleAlert({
  ...{ state: "acknowledged", acknowledged_at: AT, acknowledged_by: { id: "usr_bo", name: "Bo" } },
});

function show(
  alert: Alert,
  {
    asks = false,
    answers,
    role,
  }: { asks?: boolean; answers?: Answers; role?: Session["actor"]["role"] } = {},
) {
  const onAnswered = vi.fn();
  const shown = renderHub(<AlertOf id="alr_1" asksToAcknowledge={asks} onAnswered={onAnswered} />, {
    ...{ "GET /session": sampleSession(role), "GET /alerts/alr_1": alert },
    "GET /wabas/100000000000001": lostWaba(),
    ...answers,
  });
  return { ...shown, onAnswered };
}

test("the page says what it means and what to do, and names the WABA with its state", async () => {
  show(sampleAlert());
  expect(
    await screen.findByRole("heading", { level: 1, name: "Northwind removed our access" }),
  ).toBeDefined();
  expect(screen.getByText("Send the re-share link.")).toBeDefined();
  expect(await screen.findByText("BSP PERMISSION REMOVED")).toBeDefined();
});

test("each message says whom it went to, why, and why it did not arrive", async () => {
  const failed = {
    ...({
      id: "ntf_1",
      channel_id: "chn_1",
      to: "On call",
      kind: "opened",
      at: AT,
      outcome: "failed",
    } as const),
    ...{ why: "Route “Losses”, for Share lost", detail: "Slack answered 404: no_service." },
  };
  show(sampleAlert({ notifications: [failed] }));
  const told = within(await screen.findByRole("region", { name: "Who was told" }));
  const line = told.getByRole("listitem").textContent;
  for (const text of ["On call", "Opened", "Failed", "Route “Losses”", "Slack answered 404"])
    expect(line).toContain(text);
});

test("an alert of which nobody was told says why", async () => {
  show(sampleAlert());
  expect(await screen.findByText(/no route with a channel takes this alert/)).toBeDefined();
});

test("from a message it asks with one focused button, and acts only by it", async () => {
  const shown = show(sampleAlert(), { asks: true, answers: { "POST /alerts/alr_1/acknowledge": TAKEN } });
  const button = await screen.findByRole("button", { name: "Acknowledge" });
  expect(document.activeElement).toBe(button);
  expect(screen.getAllByRole("button", { name: /Acknowledge/ })).toHaveLength(1);
  expect(shown.asked.some(({ request }) => request.startsWith("POST"))).toBe(false);
  fireEvent.click(button);
  expect(await screen.findByText("Somebody is on it already.")).toBeDefined();
  expect(screen.getAllByText("Bo")).not.toHaveLength(0);
});

test("from a message to somebody who may only look, it says whom to ask", async () => {
  show(sampleAlert(), { asks: true, role: "support" });
  expect(await screen.findByText(/Ask an operator/)).toBeDefined();
  expect(screen.queryByRole("button", { name: /Acknowledge/ })).toBeNull();
});

test("from a message about an alert that is over, there is nothing to acknowledge", async () => {
  const { onAnswered } = show(sampleAlert({ state: "resolved", ended_at: AT }), { asks: true });
  expect(await screen.findByText("There is nothing to acknowledge")).toBeDefined();
  fireEvent.click(screen.getByRole("button", { name: "Close" }));
  expect(onAnswered).toHaveBeenCalledOnce();
});
