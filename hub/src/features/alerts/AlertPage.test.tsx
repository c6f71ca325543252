import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { Alert } from "../../api/types.ts";
import { renderHub } from "../../testing/render-hub.tsx";
import { AT, lostWaba, sampleAlert, sampleSession } from "../../testing/samples.ts";
import { AlertOf } from "./AlertPage.tsx";

const show = (alert: Alert) =>
  renderHub(<AlertOf id="alr_1" />, {
    ...{ "GET /session": sampleSession(), "GET /alerts/alr_1": alert },
    "GET /wabas/100000000000001": lostWaba(),
  });

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
