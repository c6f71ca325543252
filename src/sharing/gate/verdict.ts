import { english } from "../../messages/english.ts";
import type { Mode } from "../../directory/asset-store.ts";
import type { GateVerdict, Refusal } from "./gate-verdict.ts";
import { whoMustActOf, type NumberState, type ShareState } from "../status/share-state.ts";
import { NUMBER_GONE, STATUS_ROWS, UNAVAILABLE } from "../status/status.ts";
import { joinSentences, reasonSentenceOf, whenOf, whoSentenceOf, type Names } from "../status/sentences.ts";

/** One object for all open gates, because most gates are open. */
const OPEN: GateVerdict = Object.freeze({ decision: "open" });

/** Whether messages of a number may pass, and the refusal in Meta's format. */
export function verdictOf(mode: Mode, state: ShareState, number: NumberState, names: Names): GateVerdict {
  if (number.gate === "open" || !isEnforced(mode, state)) return OPEN;
  return { decision: number.gate, refusal: refusalOf(state, number, names) };
}

/**
 * Whether a closed gate refuses messages. Observe mode closes none. After a switch to enforce, a decision of
 * observe mode closes none before a probe that may write has judged it. Decisions of people (closed,
 * offboarded, not adopted) need no probe; an operator's close holds in observe mode too.
 */
export function isEnforced(
  mode: Mode,
  { status, observing }: Pick<ShareState, "status" | "observing">,
): boolean {
  if (status === "closed") return true;
  return mode === "enforce" && (observing !== true || status === "offboarded" || status === "discovered");
}

export function refusalOf(state: ShareState, number: NumberState, names: Names): Refusal {
  const row = STATUS_ROWS.find((candidate) => candidate.number === number.row);
  const terms = number.reason === "number_deleted" ? NUMBER_GONE : (row?.refusal ?? UNAVAILABLE);
  const reason = number.reason ?? state.status;
  const who = whoMustActOf(state, number);
  const sentence = number.reason === null ? endedSentenceOf(state) : reasonSentenceOf(number.reason, names);
  const details = english("gate.details", {
    waba: names.wabaId,
    client: names.client,
    sentence: joinSentences(sentence, announcedOf(state, number)),
    who: whoSentenceOf(who, names),
  });
  return {
    status: terms.status,
    code: terms.code,
    title: terms.title,
    reason,
    since: new Date(number.since).toISOString(),
    whoMustAct: who,
    leadsBack: number.who === "client",
    details: joinSentences(details),
    retryable: terms.retryable,
    retryAfterS: terms.retryable ? RETRY_AFTER_S : null,
  };
}

/** Of a loss that an event announced: when, and whether a probe has confirmed it. */
function announcedOf(state: ShareState, number: NumberState): string {
  const cause = [...state.conditions, ...number.conditions].find(
    ({ status, source, reason }) => status === "False" && source === "event" && reason === number.reason,
  );
  return cause === undefined ? "" : whenOf(cause);
}

/** A closed gate without a reason was offboarded. */
const endedSentenceOf = ({ status, label }: ShareState): string =>
  status === "offboarded" ? english("live.offboarded") : `${label}.`;

/** Meta restores in minutes. A share that is being probed is known again within one or two probes. */
const RETRY_AFTER_S = 30;
