import type { Mode } from "../../src/directory/asset-store.ts";
import { newShareRecord, type ShareRecord } from "../../src/sharing/model/share-record.ts";
import { modelOf } from "../../src/sharing/model/partner-model.ts";
import type { RandomSource } from "./random-source.ts";
import type { Manners } from "./model-meta.ts";
import type { Refused } from "./refusals.ts";
import type { Truth } from "./truth.ts";

export const START = Date.UTC(2026, 10, 22);
export const [SECOND, MINUTE, DAY] = [1000, 60_000, 86_400_000];
const HOUR = 60 * MINUTE;

/** How fast time passes in a history: the period of the sweep, and how far apart events are. */
export const PACES = {
  fast: {
    sweepMs: 15 * SECOND,
    gaps: [
      [0, 3 * SECOND],
      [0, 3 * SECOND],
      [3 * SECOND, 15 * SECOND],
      [15 * SECOND, MINUTE],
    ],
  },
  normal: {
    sweepMs: 5 * MINUTE,
    gaps: [
      [0, 3 * SECOND],
      [SECOND, 15 * SECOND],
      [15 * SECOND, 6 * MINUTE],
      [0, 20 * MINUTE],
    ],
  },
  slow: {
    sweepMs: HOUR,
    gaps: [
      [0, 5 * SECOND],
      [SECOND, 10 * MINUTE],
      [0, 3 * HOUR],
      [0, DAY],
    ],
  },
} as const;

/** How one history begins, and how Meta behaves in it. */
export interface Setting {
  manners: Manners;
  pace: (typeof PACES)[keyof typeof PACES];
  record: ShareRecord;
  mode: Mode;
  truth: Truth;
  numberIds: string[];
  stepCount: number;
  isCalm: boolean;
  hasControl: boolean;
  /** What Meta refuses from the beginning: the fields of Solution Partners. */
  refused: Refused;
}

export function settingOf(random: RandomSource): Setting {
  const paceName = random.weighted({ fast: 12, normal: 6, slow: 1 });
  const coexistence = random.chance(0.25);
  const how = random.weighted({ import: 16, discovery: 2, signup: 2 });
  const bornAt = START - random.pick([MINUTE, 5 * MINUTE, DAY, 8 * DAY, 8 * DAY]);
  const record = newShareRecord({
    adoption: how === "discovery" ? "discovered" : "adopted",
    origin: how,
    now: how === "import" ? bornAt : START - SECOND,
  });
  const model = random.weighted({
    portfolio_share: 10,
    app_grant: 2,
    multi_partner_solution: 2,
    owned: coexistence ? 0 : 1,
  });
  record.partnerModel = model;
  const { sendsWith } = modelOf(record);
  record.sendsWithClientToken = sendsWith === null ? random.chance(0.2) : sendsWith === "client";
  const numberIds = ["200000000000001", "200000000000002"].slice(0, random.pick([1, 1, 2]));
  const isShared = how !== "signup";
  return {
    manners: {
      lagMs: random.pick([0, 1000, 2999]),
      latencyMs: random.weighted({ quick: 8, slow: 1 }) === "quick" ? [20, 300] : [300, 2400],
      refusal: random.pick(["A", "A", "E"]),
      // The client token's own scopes show at once what it may do.
      readsShowDowngrade:
        !random.chance({ fast: 0, normal: 0.03, slow: 0.5 }[paceName]) || model === "app_grant",
      deadToken: random.pick(["190", "33"]),
      coexistence,
      model,
    },
    pace: PACES[paceName],
    record,
    mode: random.chance(0.1) ? "observe" : "enforce",
    truth: {
      shared: isShared,
      full: isShared,
      deleted: false,
      assigned: isShared,
      subscribed: isShared,
      stopped: null,
      numbers: Object.fromEntries(numberIds.map((id) => [id, "CONNECTED"])),
      linked: true,
      tokenAlive: true,
      admin: true,
      installed: isShared,
      clientTokenAlive: isShared,
      needsApp: record.sendsWithClientToken,
    },
    numberIds,
    stepCount: random.between(2, 10),
    isCalm: random.chance(0.2),
    hasControl: random.chance(0.8),
    refused: new Map(random.chance(0.3) ? [["primary_funding_id", "10"]] : []),
  };
}
