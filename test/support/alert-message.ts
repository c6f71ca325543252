import type { AlertMessage } from "../../src/alerting/alert-message.ts";

/** A message about an alert, invented, with what the test wishes. */
export const alertMessage = (wish: Partial<AlertMessage> = {}): AlertMessage => ({
  ...{ id: "ntf_one", alertId: "alr_one", kind: "opened", rule: "share_lost", severity: "critical" },
  title: "Ada's Bakery removed our access",
  lines: ["Messages of Ada's Bakery are stopped.", "Send the client its re-share link."],
  facts: [
    { label: "First", value: "Ada's Bakery, 14:03 UTC" },
    { label: "Repaired", value: "0 of 1" },
  ],
  ...{ startedAt: Date.parse("2026-11-29T14:03:00Z"), endedAt: null },
  url: "https://hub.example.com/alerts/alr_one",
  acknowledgeUrl: "https://hub.example.com/alerts/alr_one?acknowledge",
  why: "route “On call”",
  ...wish,
});
