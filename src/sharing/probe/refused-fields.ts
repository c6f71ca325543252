import { isMetaError } from "../../meta/error-code.ts";
import type { GraphReply } from "../../meta/graph-reply.ts";
import type { FieldGroup, FieldSet } from "./probe-fields.ts";
import { HOUR, SECOND } from "../model/timings.ts";

/** The reply instead of the fields: Meta's refusal, a fault, or a page that is not Meta's. */
export type Refusal = Exclude<GraphReply, { kind: "success" }>;

/** How a probe reads its fields now. */
interface FieldPlan {
  together: FieldGroup[];
  /** Refused before, and due to be asked again: each in a call of its own, so that it affects no other. */
  alone: FieldGroup[];
  /** Refused lately, and not asked for; with Meta's refusal. */
  resting: { group: FieldGroup; refusal: Refusal }[];
}

/**
 * What Meta refuses to one connection. It lives as long as the process. After a start each field is asked for
 * once more.
 */
export interface RefusedFields {
  /** `afresh`: a person asks, so every field is asked for. */
  planOf(set: FieldSet, of: { wabaId: string; now: number; afresh: boolean }): FieldPlan;
  /** `refusal` null: Meta answered the group. */
  learn(set: FieldSet, group: FieldGroup, of: { wabaId: string; now: number; refusal: Refusal | null }): void;
  /**
   * The read of several groups was not answered at all. One of them may be the cause, so next time each is
   * asked for alone.
   */
  doubt(set: FieldSet, groups: readonly FieldGroup[], of: { wabaId: string; unanswered: Refusal }): void;
  /** How many items of this list Meta answers with; null: as many as Meta gives. Dropped after an hour. */
  limitOf(path: string, now: number): number | null;
  keepLimit(path: string, limit: number, now: number): void;
}

interface Rest {
  refusal: Refusal;
  until: number;
  strikes: number;
  /** When its newest strike was counted. Repeated requests by a person do not lengthen the pause. */
  struckAt: number;
}

/**
 * A refused group is asked for again after 5 s, then after twice as long each time, up to an hour. The first
 * pause is short, because a read that lags behind a repair by some seconds is refused too.
 */
const FIRST_REST = 5 * SECOND;
const LONGEST_REST = HOUR;
/** Refusals about single WABAs; the oldest is dropped first. */
const MOST_RESTS = 10_000;

export function createRefusedFields(): RefusedFields {
  const rests = new Map<string, Rest>();
  const limits = new Map<string, { limit: number; at: number }>();
  const keysOf = (set: FieldSet, group: FieldGroup, wabaId: string): [app: string, waba: string] => {
    const name = `${set.of}/${group.join(",")}`;
    return [name, `${wabaId}/${name}`];
  };
  const forgetOldest = (of: Map<string, unknown> = rests): void => {
    const [oldest] = of.keys();
    if (of.size > MOST_RESTS && oldest !== undefined) of.delete(oldest);
  };
  return {
    planOf(set, { wabaId, now, afresh }) {
      const plan: FieldPlan = { together: [], alone: [], resting: [] };
      for (const group of set.groups) {
        const rest = keysOf(set, group, wabaId).flatMap((key) => rests.get(key) ?? [])[0];
        if (rest === undefined) plan.together.push(group);
        // A rest that ends later than the longest one was set before the clock was set back.
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
      const key = isOfApp(refusal) ? app : waba;
      const known = rests.get(key);
      const isRested = known === undefined || Math.abs(now - known.struckAt) >= restOf(known.strikes - 1);
      const { strikes, struckAt } = isRested ? { strikes: (known?.strikes ?? 0) + 1, struckAt: now } : known;
      rests.delete(key);
      rests.set(key, { refusal, strikes, struckAt, until: struckAt + restOf(strikes - 1) });
      forgetOldest();
    },
    doubt(set, groups, { wabaId, unanswered }) {
      for (const group of groups) {
        const [, waba] = keysOf(set, group, wabaId);
        if (!rests.has(waba))
          rests.set(waba, { refusal: unanswered, strikes: 0, struckAt: -Infinity, until: -Infinity });
        forgetOldest();
      }
    },
    limitOf(path, now) {
      const kept = limits.get(path);
      return kept !== undefined && Math.abs(now - kept.at) < LONGEST_REST ? kept.limit : null;
    },
    keepLimit(path, limit, now) {
      limits.delete(path);
      limits.set(path, { limit, at: now });
      forgetOldest(limits);
    },
  };
}

/**
 * Errors about the app or the question hold for every WABA of the connection. Any other error is about the
 * WABA that was asked for.
 */
const isOfApp = (refusal: Refusal): boolean =>
  refusal.kind === "refusal" && isMetaError(refusal.fault, "app_not_permitted", "invalid_parameter");

const restOf = (strikes: number): number => Math.min(FIRST_REST * 2 ** Math.min(strikes, 10), LONGEST_REST);
