/** J8: the catalogue of event types has each type that the code writes into the journal. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { EVENT_TYPES, subjectOf } from "../src/delivery/event-types.ts";
import { CLIENT_EVENTS } from "../src/http/api/events/event-schema.ts";

const ROOT = new URL("../src/", import.meta.url);
const writers = ["sharing", "coexistence", "cases", "recovery", "onboarding", "client-messages"].flatMap(
  (room) =>
    readdirSync(new URL(`${room}/`, ROOT), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts") && !/\.test\.|timeline-store/.test(name))
      .map((name) => readFileSync(new URL(`${room}/${name}`, ROOT), "utf8")),
);

/** Texts of code that look like a type of the journal. */
const written = new Set(
  writers
    .flatMap((text) => [
      ...text.matchAll(/"((?:waba|number|coexistence|subscription|client_message)\.[a-z_]+(?:\.[a-z_]+)*)"/g),
    ])
    .map(([, type = ""]) => type),
);
/** Titles of lines of the timeline and actions of the audit, which are no events. */
const OTHERS = new Set([
  ...["waba.checked", "waba.configured", "waba.closed", "waba.reopened", "waba.opened_by_hand"],
  ...["waba.close_ended", "number.register_asked", "number.registered", "number.register_refused"],
  ...["subscription.repair_failed", "subscription.override_set", "subscription.override_removed"],
  ...["subscription.number_override_set", "subscription.number_override_removed"],
]);

test("each type that is written is in the catalogue", () => {
  expect([...written].filter((type) => !OTHERS.has(type) && !Object.hasOwn(EVENT_TYPES, type))).toEqual([]);
  expect(Object.keys(CLIENT_EVENTS).filter((type) => !Object.hasOwn(EVENT_TYPES, type))).toEqual([]);
});

test("each type of the catalogue is written somewhere", () => {
  const known = new Set([...written, ...Object.keys(CLIENT_EVENTS)]);
  const made = ["due_soon", "overdue", "confirmed"].map((event) => `coexistence.app_activity.${event}`);
  const catalogue = Object.keys(EVENT_TYPES).filter((type) => subjectOf(type) === "waba");
  expect(catalogue.filter((type) => !known.has(type) && !made.includes(type))).toEqual([]);
});
