/** User finding P2: an incident's title names what it means for sending, as the Hub does. */
import { expect, test } from "vitest";
import type { Incident } from "../../../sharing/rules/incident.ts";
import { renderIncident } from "./render-incident.ts";

const OPEN: Incident = {
  id: "inc_1",
  connectionId: "default",
  about: "provider",
  reason: "provider_token_invalid",
  openedAt: 1_700_000_000_000,
  probed: 14,
  troubled: 12,
  mostTroubled: 12,
  confirmed: 0,
  endedAt: null,
  endedWhy: null,
};
const titleOf = (change: Partial<Incident>): string => renderIncident({ ...OPEN, ...change }).title;

test("user finding P2: the title of a dead token says that sending has stopped", () => {
  expect(titleOf({})).toBe("All sending with our token has stopped: 12 of 14 WABAs fail together");
});

test.each([
  ["meta", "meta_unreachable"],
  ["meta", "refused"],
  ["provider", "request_refused"],
] as const)("user finding P2: one about %s (%s) says that it stops no messages", (about, reason) => {
  const title = titleOf({ about, reason });
  expect(title).toContain("12 of 14 WABAs fail together. No messages are stopped because of it");
  expect(title).not.toContain("has stopped");
});

test("user finding P2: an incident that is over is described in the past tense", () => {
  const over = { endedAt: OPEN.openedAt + 60_000, endedWhy: "recovered" } as const;
  expect(titleOf(over)).toBe("All sending with our token had stopped: 12 of 14 WABAs failed together");
  expect(titleOf({ ...over, about: "meta", reason: "throttled" })).toContain("No messages were stopped");
});
