import type { Verdict } from "../../src/sharing/model/fact.ts";
import {
  newShareRecord,
  newNumberRecord,
  type NumberRecord,
  type ShareRecord,
} from "../../src/sharing/model/share-record.ts";

/**
 * One combination of the inputs of the status table, its row by a second plain reading of the rule book, and
 * a matching record.
 */
export const NOW = Date.UTC(2026, 10, 22);

export const NUMBERS = ["able", "counting_down", "not_restored", "deregistered", "deleted"] as const;
export type NumberKind = (typeof NUMBERS)[number];

export interface Case {
  operatorClosed: boolean;
  adoption: ShareRecord["adoption"];
  signupOpen: boolean;
  proven: boolean;
  shared: Verdict;
  control: Verdict;
  app: Verdict;
  appRequired: boolean;
  messaging: Verdict;
  token: Verdict;
  numbers: readonly NumberKind[];
}

/** Every combination of the given values of some inputs. */
export function everyOf<T extends Partial<Case>>(values: { [K in keyof T]: readonly T[K][] }): T[] {
  const entries = Object.entries(values) as [keyof T, readonly T[keyof T][]][];
  return entries.reduce<T[]>(
    (found, [name, options]) => found.flatMap((one) => options.map((value) => ({ ...one, [name]: value }))),
    [{} as T],
  );
}

/** A WABA with every condition True. */
export const SOUND: Case = {
  operatorClosed: false,
  adoption: "adopted",
  signupOpen: false,
  proven: true,
  shared: "True",
  control: "True",
  app: "Unknown",
  appRequired: false,
  messaging: "True",
  token: "True",
  numbers: ["able"],
};

/** The table of the rule book, read top-down. */
export function rowByTheText(given: Case): number {
  if (given.operatorClosed) return 0;
  if (given.adoption === "offboarded") return 1;
  if (given.adoption === "discovered") return 2;
  if (given.signupOpen && !given.proven) return 3;
  if (given.shared === "False" || given.control === "False" || (given.appRequired && given.app === "False"))
    return 4;
  if (given.messaging === "False") return 5;
  // The token we send with: the client's where the WABA sends with it, else our system user's.
  const isOwnTokenDead = given.token === "False";
  if (given.shared === "Unknown" || given.control === "Unknown" || isOwnTokenDead) return 6;
  const noneCanSend = given.numbers.length > 0 && !given.numbers.includes("able");
  if (noneCanSend && given.numbers.includes("counting_down")) return 7;
  return noneCanSend ? 8 : 9;
}

function numberOf(kind: NumberKind): NumberRecord {
  const number = {
    ...newNumberRecord("200", NOW),
    coexistence: kind === "counting_down" || kind === "not_restored",
  };
  const { NumberConnected: connected, CompanionLinked: linked } = number.facts;
  const gone = (reason: string) => ({ ...connected, status: "False" as const, reason });
  switch (kind) {
    case "able":
      return number;
    case "counting_down":
    case "not_restored": {
      const until = kind === "counting_down" ? NOW + 1 : NOW;
      number.offboarded = { at: NOW - 1000, until, closesByItself: true };
      number.facts.CompanionLinked = { ...linked, status: "False", reason: "companion_offboarded" };
      return number;
    }
    case "deregistered":
      number.facts.NumberConnected = gone("number_deregistered");
      return number;
    case "deleted":
      number.facts.NumberConnected = gone("number_deleted");
      return number;
  }
}

export function recordOf(given: Case): ShareRecord {
  const record = newShareRecord({ adoption: given.adoption, origin: "import", now: NOW });
  const set = (name: keyof ShareRecord["facts"], status: Verdict, lost: string) => {
    const reason = status === "True" ? "proven" : status === "False" ? lost : "not_yet_proven";
    record.facts[name] = { ...record.facts[name], status, reason };
  };
  set("Shared", given.shared, "partner_removed");
  set("FullControl", given.control, "partial_control");
  set("AppInstalled", given.app, "app_uninstalled");
  set("MessagingAllowed", given.messaging, "meta_disabled");
  set("TokenValid", given.token, "provider_token_invalid");
  record.operatorClosed = given.operatorClosed ? { at: NOW, actor: "user_1", why: "" } : null;
  record.signupOpen = given.signupOpen;
  record.provenAt = given.proven ? NOW - 1 : null;
  record.sendsWithClientToken = given.appRequired;
  given.numbers.forEach((kind, index) => (record.numbers[`num_${index}`] = numberOf(kind)));
  return record;
}

export const VERDICTS: readonly Verdict[] = ["True", "False", "Unknown"];
export const BOTH = [false, true];

export const caseText = (given: Case): string => JSON.stringify(given);
