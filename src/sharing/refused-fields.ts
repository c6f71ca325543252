import type { GraphReply } from "../meta/graph-reply.ts";
import type { FieldGroup, FieldSet } from "./probe-fields.ts";
import { HOUR, MINUTE } from "./rules.ts";

export type Refusal = Extract<GraphReply, { kind: "refusal" }>;

/** How a probe asks for its fields now. */
export interface FieldPlan {
  together: FieldGroup[];
  /** Refused before, and due to be asked again: each in a call of its own, so that it spoils no other. */
  alone: FieldGroup[];
  /** Refused lately, and not asked for: with what Meta said. */
  resting: { group: FieldGroup; refusal: Refusal }[];
}

/** What Meta refuses to one connection. It lives as long as the process; after a start each field is asked for once more. */
export interface RefusedFields {
  /** `afresh`: a person asks, so that nothing rests. */
  planOf(set: FieldSet, of: { wabaId: string; now: number; afresh: boolean }): FieldPlan;
  /** `refusal` null: Meta answered the group. */
  learn(set: FieldSet, group: FieldGroup, of: { wabaId: string; now: number; refusal: Refusal | null }): void;
}

interface Rest {
  refusal: Refusal;
  until: number;
  strikes: number;
}

/** A refused group is asked for again after a minute, each time twice as long after, up to an hour. */
const FIRST_REST = MINUTE;
export const LONGEST_REST = HOUR;
/** Refusals that speak of one WABA alone; the oldest is forgotten first. */
const MOST_RESTS = 10_000;

/** Codes about the app or the question: they hold for every WABA of the connection. Any other speaks of the WABA that was asked for. */
const OF_THE_APP: readonly (number | null)[] = [3, 10, 100];

export function createRefusedFields(): RefusedFields {
  const rests = new Map<string, Rest>();
  const keysOf = (set: FieldSet, group: FieldGroup, wabaId: string): [app: string, waba: string] => {
    const name = `${set.of}/${group.join(",")}`;
    return [name, `${wabaId}/${name}`];
  };
  return {
    planOf(set, { wabaId, now, afresh }) {
      const plan: FieldPlan = { together: [], alone: [], resting: [] };
      for (const group of set.groups) {
        const rest = keysOf(set, group, wabaId).flatMap((key) => rests.get(key) ?? [])[0];
        if (rest === undefined) plan.together.push(group);
        // A rest that ends later than any does was given before the clock was set back.
        else if (afresh || rest.until <= now || rest.until > now + LONGEST_REST) {
          rest.until = now + restOf(rest.strikes);
          plan.alone.push(group);
        } else plan.resting.push({ group, refusal: rest.refusal });
      }
      return plan;
    },
    learn(set, group, { wabaId, now, refusal }) {
      const [app, waba] = keysOf(set, group, wabaId);
      if (refusal === null) {
        rests.delete(app);
        rests.delete(waba);
        return;
      }
      const isOfApp = OF_THE_APP.includes(refusal.fault.code) && refusal.fault.subcode !== NO_SUCH_OBJECT;
      const key = isOfApp ? app : waba;
      const strikes = (rests.get(key)?.strikes ?? 0) + 1;
      rests.delete(key);
      rests.set(key, { refusal, strikes, until: now + restOf(strikes - 1) });
      const [oldest] = rests.keys();
      if (rests.size > MOST_RESTS && oldest !== undefined) rests.delete(oldest);
    },
  };
}

const NO_SUCH_OBJECT = 33;

const restOf = (strikes: number): number => Math.min(FIRST_REST * 2 ** Math.min(strikes, 10), LONGEST_REST);
