import { assertNever } from "../lib/assert.ts";
import { decideFact } from "./fact.ts";
import { addDueLooks, type ShareMemory } from "./memory.ts";
import { restoreCompanion, restoreNumber } from "./observe-hint.ts";
import { COMPANION_COUNTDOWN, HINT_LOOKS } from "./rules.ts";

/** What people, a signup or the gateway did. */
export type Act =
  | { kind: "adopt" }
  | { kind: "offboard" }
  | { kind: "operator_close"; actor: string; why: string }
  | { kind: "operator_reopen" }
  | { kind: "signup_finished" }
  /** Look soon, for a reason that changes nothing by itself: a refused send, an absence from the listing, a click. */
  | { kind: "suspicion" }
  /** What became of the one message that was let through as the trial (rule 10). */
  | { kind: "trial"; numberId: string; accepted: boolean };

export function observeAct(draft: ShareMemory, act: Act, now: number): void {
  switch (act.kind) {
    case "adopt":
      draft.adoption = "adopted";
      draft.origin = "import";
      draft.repair = { at: now, how: "adoption" };
      lookSoon(draft, now);
      return;
    case "offboard":
      draft.adoption = "offboarded";
      draft.dueLooks = [];
      draft.hints = [];
      return;
    case "operator_close":
      draft.operatorClosed = { at: now, actor: act.actor, why: act.why };
      return;
    case "operator_reopen":
      draft.operatorClosed = null;
      lookSoon(draft, now);
      return;
    case "signup_finished":
      draft.signupFinishedAt = now;
      draft.repair = { at: now, how: "signup" };
      restoreCompanion(draft, now, "signup", now);
      lookSoon(draft, now);
      return;
    case "suspicion":
      draft.alertAt = now;
      addDueLooks(draft, [now]);
      return;
    case "trial":
      observeTrial(draft, act.numberId, act.accepted, now);
      return;
    default:
      assertNever(act);
  }
}

function lookSoon(draft: ShareMemory, now: number): void {
  draft.alertAt = now;
  draft.write.wanted = true;
  addDueLooks(
    draft,
    HINT_LOOKS.map((delay) => now + delay),
  );
}

/** Rule 10: a send that Meta accepted restores the companion; a refused one closes, and the countdown starts from there. */
function observeTrial(draft: ShareMemory, numberId: string, accepted: boolean, now: number): void {
  const number = draft.numbers[numberId];
  if (number === undefined) return;
  if (accepted) {
    restoreNumber(number, now, "send", now);
    return;
  }
  lookSoon(draft, now);
  if (number.offboarded === null) return;
  const until = number.offboarded.closesByItself ? number.offboarded.until : now + COMPANION_COUNTDOWN;
  number.offboarded = { ...number.offboarded, until, closesByItself: true };
  number.facts.CompanionLinked = decideFact(number.facts.CompanionLinked, {
    status: "False",
    reason: "companion_offboarded",
    source: "send",
    at: now,
    now,
  });
}
