/**
 * How a share record changes.
 *
 * Three kinds of observation reach a share. A hint is what a webhook says, a probe is what Meta answered, and
 * a command is what a person or a program ordered. Each has a file of its own: observe-hint.ts,
 * observe-probe.ts, observe-command.ts. `observe` applies one of them, and then what time alone decides: a
 * suspect hint that no proof refuted, and an operator's close that has ended.
 *
 * Observations arrive late, twice and in the wrong order, and any instance may process them. Nothing here
 * relies on their order:
 *
 * - A fact carries the time of its proof, which is when the request was sent. An older proof never replaces a
 *   newer one.
 * - A hint stays in the record until a proof refutes it that was asked late enough. A probe that was under
 *   way while the client removed the share proves nothing about it.
 * - A repeated hint changes nothing, because the record keeps the newest time of each kind of hint.
 *
 * The rules and their durations are in docs/reference/rules.md. test/laws states what must hold for every
 * history of observations, and test/simulation plays random histories against a model of Meta.
 */

import { assertNever } from "../../lib/assert.ts";
import { derive, type Derived } from "../status/derive.ts";
import { decideFact } from "../model/fact.ts";
import type { Hint } from "../evidence/hint.ts";
import type { ProbeResult } from "../model/probe-result.ts";
import { addDueProbes, type Restored, type ShareRecord } from "../model/share-record.ts";
import { endOperatorClose, isCloseOver, observeCommand, type Command } from "./observe-command.ts";
import { closeByHint, observeHint } from "./observe-hint.ts";
import { observeProbe } from "./observe-probe.ts";
import { CLOSING_PROBES, SUSPECT_CLOSES_AFTER, SUSPECT_FENCE } from "../model/timings.ts";

/** Something that was learnt or done about one WABA. */
export type Observation =
  | { type: "hint"; hint: Hint }
  | { type: "probe"; probe: ProbeResult }
  | { type: "command"; command: Command }
  /** Nothing but time has passed. */
  | { type: "tick" };

/**
 * The share record after `observation`, by the ten rules of docs/reference/rules.md. Pure: the given record
 * is not changed. Neither order nor repetition of observations can open a gate without proof.
 *
 * @param now the instant at which it is recorded, ms since the epoch
 */
export function observe(record: ShareRecord, observation: Observation, now: number): ShareRecord {
  const before = derive(record, now);
  const draft = structuredClone(record);
  switch (observation.type) {
    case "hint":
      observeHint(draft, observation.hint, now);
      break;
    case "probe":
      observeProbe(draft, observation.probe, now);
      break;
    case "command":
      observeCommand(draft, observation.command, now);
      break;
    case "tick":
      break;
    default:
      assertNever(observation);
  }
  settleSuspects(draft, now);
  endOperatorClose(draft, now);
  rememberDecision(draft, before, observation, now);
  if (draft.facts.Shared.status === "True") delete draft.suppressNotifications;
  return draft;
}

/** Whether time alone would change the record: a suspect hint or an operator's close has run out. */
export function needsSettling(record: ShareRecord, now: number): boolean {
  return isCloseOver(record, now) || record.hints.some((hint) => isOverdue(record, hint, now));
}

/**
 * Rule 4, end: a suspect that is unrefuted 9.5 s after receipt closes. If the failure is ours, the facts
 * become Unknown instead.
 */
function settleSuspects(draft: ShareRecord, now: number): void {
  for (const hint of draft.hints) {
    if (!isOverdue(draft, hint, now)) continue;
    if (draft.inconclusive?.ours === true) {
      hint.spared = true;
      const fact = draft.facts[hint.condition];
      if (fact.status === "True")
        draft.facts[hint.condition] = decideFact(fact, {
          status: "Unknown",
          reason: draft.inconclusive.reason,
          source: "probe",
          at: fact.at,
          now,
        });
    } else closeByHint(draft, hint, now);
  }
}

function isOverdue(record: ShareRecord, hint: ShareRecord["hints"][number], now: number): boolean {
  // After a restart the overdue probe comes first. The hint closes only after a probe could have refuted it
  // and did not.
  const hadItsProbe = record.probedAt !== null && record.probedAt >= hint.receivedAt + SUSPECT_FENCE;
  return (
    hint.suspect &&
    !hint.closed &&
    !hint.spared &&
    now >= hint.receivedAt + SUSPECT_CLOSES_AFTER &&
    hadItsProbe
  );
}

/**
 * Stores the decision for "keep", notes a repair, and schedules probes 5 and 8 s after every closing,
 * whatever its cause.
 */
function rememberDecision(draft: ShareRecord, before: Derived, observation: Observation, now: number): void {
  const after = derive(draft, now);
  if (after.status !== "live") delete draft.restored;
  else if (before.status === "permission_removed") draft.restored = restoredOf(draft, now);
  if (after.status !== draft.decided.status) draft.decided.since = now;
  draft.decided.status = after.status;
  draft.decided.gate = after.gate;
  draft.decided.at = now;
  if (after.status === "live" || after.status === "offboarded") delete draft.client;
  forgetRefusals(draft, before, after);
  if (hasClosed(before, after)) {
    draft.alertAt = now;
    addDueProbes(
      draft,
      CLOSING_PROBES.map((delay) => now + delay),
    );
  }
  if (before.gate === "closed" && after.gate === "open" && observation.type === "probe")
    draft.repair = { at: now, how: "proof" };
}

/** What was seen of the repair since the loss began. */
function restoredOf({ repair, decided, client }: ShareRecord, now: number): Restored {
  const isSeen = repair !== null && repair.at >= decided.since;
  const how = isSeen && (repair.how === "signup" || repair.how === "partner_added") ? repair.how : "proof";
  return { at: now, how, afterBan: client?.appWorksAt !== undefined };
}

/** A repair is a new beginning: refusals by Meta while a gate was closed say nothing about later messages. */
function forgetRefusals(draft: ShareRecord, before: Derived, after: Derived): void {
  for (const [id, number] of Object.entries(draft.numbers)) {
    if (before.numbers[id]?.gate !== "closed" || after.numbers[id]?.gate !== "open") continue;
    delete number.sending;
    delete number.sendingEnded;
  }
}

/** Whether the gate of the WABA, or of a number alone, has closed. */
function hasClosed(before: Derived, after: Derived): boolean {
  if (before.gate === "open" && after.gate === "closed") return true;
  return Object.entries(after.numbers).some(
    ([id, number]) => number.gate === "closed" && before.numbers[id]?.gate === "open",
  );
}
