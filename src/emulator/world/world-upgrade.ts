/**
 * A world written by an earlier version lacks what came since; here it gets it, so that nobody loses a world
 * by an update.
 */
import { completeKnobs } from "./knobs.ts";
import { linkedApp } from "./make-objects.ts";
import type { OutboxItem } from "./outbox-item.ts";
import { freshCounters } from "./world.ts";
import type { PhoneNumber, World } from "./world.ts";

/** Mutates and answers `world`. */
export function completeWorld(world: World): World {
  world.codes ??= {};
  world.counters = { ...freshCounters(), ...world.counters };
  world.knobs = completeKnobs(world.knobs);
  if (Array.isArray(world.outbox)) world.outbox = outboxOf(world.outbox as OutboxItem[]);
  for (const app of Object.values(world.apps)) app.fields ??= null;
  for (const number of Object.values(world.numbers)) completeNumber(number);
  return world;
}

function completeNumber(number: PhoneNumber): void {
  number.verification ??= "VERIFIED";
  number.sentCode ??= null;
  number.registrationCalls ??= [];
  number.wrongPins ??= [];
  number.registrableAt ??= 0;
  if (number.app) number.app = { ...linkedApp(number.lastOnboardedAt), ...number.app };
}

function outboxOf(items: OutboxItem[]): Record<string, OutboxItem> {
  const outbox: Record<string, OutboxItem> = {};
  for (const item of items) {
    const key = `${item.webhookId}/${item.appId}/${item.copy}`;
    outbox[key] = { ...item, key, furtherIds: [], otherAppIds: [], entries: [] };
  }
  return outbox;
}
