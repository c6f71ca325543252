import type { ClientContact } from "../../directory/client-details-store.ts";
import { parseMetaId } from "../../meta/meta-id.ts";

/**
 * A row that the provider gave: a WABA by Meta's id, and what the provider calls its client. `n` counts from
 * 1.
 */
export interface GivenRow {
  n: number;
  wabaId: string;
  externalId: string | null;
  clientName: string | null;
  /** `invalid`: what was given is no contact. */
  contact: ClientContact | "invalid" | null;
}

export type ImportResult = "imported" | "adopted" | "known" | "invalid";

/** Why a row has its result, or which value of it could not be saved. The sentences are in src/messages. */
export type ImportWhy =
  | "not_a_waba_id"
  | "given_twice"
  | "not_listed"
  | "not_shared"
  | "not_adopted"
  | "ended_on_purpose"
  | "external_id_taken"
  | "client_has_other_id"
  | "client_has_other_name"
  | "not_a_contact"
  | "too_many_contacts";

export interface RowOutcome {
  /** Null: a WABA that Meta listed and nobody named. */
  n: number | null;
  wabaId: string;
  name: string | null;
  client: string | null;
  result: ImportResult;
  why: ImportWhy | null;
}

export type ImportTotals = Record<"listed" | "not_named" | ImportResult, number>;

export const NO_TOTALS: ImportTotals = {
  listed: 0,
  not_named: 0,
  imported: 0,
  adopted: 0,
  known: 0,
  invalid: 0,
};

/** What is known here of a WABA that Meta lists or a row names. */
export interface KnownWaba {
  assetId: string;
  adoption: "adopted" | "discovered" | "offboarded";
  /** The import that took it in, if one did. */
  importId: string | null;
  name: string;
  clientId: string;
  clientName: string;
}

/**
 * Rows that cannot be processed, each with the cause. When a WABA is given more than once, its first row
 * counts.
 */
export function faultsOf(
  rows: readonly GivenRow[],
  given: ReadonlySet<string>,
): Map<number, "not_a_waba_id" | "given_twice"> {
  const seen = new Set(given);
  const faults = new Map<number, "not_a_waba_id" | "given_twice">();
  for (const { n, wabaId } of rows) {
    if (parseMetaId(wabaId) === null) faults.set(n, "not_a_waba_id");
    else if (seen.has(wabaId)) faults.set(n, "given_twice");
    seen.add(wabaId);
  }
  return faults;
}

/**
 * The result for a WABA that Meta lists or shows, or (`isListed` false) that a row names in vain. A WABA that
 * neither Meta nor we know is an error of the row, and nothing of it is stored.
 *
 * @param importId the open import: what it imported before a kill keeps its result
 */
export function outcomeOf(
  known: KnownWaba | undefined,
  { isNamed, isListed, importId }: { isNamed: boolean; isListed: boolean; importId: string | null },
): { result: ImportResult; why: ImportWhy | null } {
  const absence = isListed ? null : ("not_listed" as const);
  if (known === undefined)
    return isListed ? { result: "imported", why: null } : { result: "invalid", why: "not_shared" };
  if (known.adoption === "offboarded") return { result: "known", why: "ended_on_purpose" };
  if (known.adoption === "adopted") {
    const isOurs = importId !== null && known.importId === importId;
    return { result: isOurs ? "imported" : "known", why: absence };
  }
  return isNamed && isListed
    ? { result: "adopted", why: null }
    : { result: "known", why: absence ?? "not_adopted" };
}

/** Adds up. Neither of the given totals is touched. */
export function addTotals(totals: ImportTotals, more: Partial<ImportTotals>): ImportTotals {
  const sum = { ...totals };
  for (const [name, count] of Object.entries(more)) sum[name as keyof ImportTotals] += count;
  return sum;
}

export function countResults(outcomes: readonly RowOutcome[]): Partial<ImportTotals> {
  const counts: Partial<ImportTotals> = {};
  for (const { result } of outcomes) counts[result] = (counts[result] ?? 0) + 1;
  return counts;
}

/** A row's request: this id of the provider's for the client of its WABA. */
export interface IdWish {
  n: number;
  clientId: string;
  externalId: string;
}

/**
 * Which clients get which of the provider's ids. An id belongs to one client, and a client that has another
 * keeps it.
 *
 * @param idOfClient what the clients have now
 * @param holderOf which client holds an id now
 */
export function planExternalIds(
  wishes: readonly IdWish[],
  idOfClient: ReadonlyMap<string, string>,
  holderOf: ReadonlyMap<string, string>,
): { give: Map<string, string>; conflicts: Map<number, ImportWhy> } {
  const ids = new Map(idOfClient);
  const holders = new Map(holderOf);
  const give = new Map<string, string>();
  const conflicts = new Map<number, ImportWhy>();
  for (const { n, clientId, externalId } of wishes) {
    const has = ids.get(clientId);
    if (has === externalId) continue;
    if (has !== undefined) conflicts.set(n, "client_has_other_id");
    else if (holders.has(externalId)) conflicts.set(n, "external_id_taken");
    else {
      ids.set(clientId, externalId);
      holders.set(externalId, clientId);
      give.set(clientId, externalId);
    }
  }
  return { give, conflicts };
}

/** A row's request: this name for the client of its WABA. */
export interface NameWish {
  n: number;
  clientId: string;
  name: string;
}

/**
 * Which clients get which names. A name that was given before stays; of two names for one client the first
 * counts. A given name replaces Meta's own name of the portfolio.
 *
 * @param given the names that were given to these clients before
 */
export function planClientNames(
  wishes: readonly NameWish[],
  given: ReadonlyMap<string, string>,
): { give: Map<string, string>; conflicts: Map<number, ImportWhy> } {
  const give = new Map<string, string>();
  const conflicts = new Map<number, ImportWhy>();
  for (const { n, clientId, name } of wishes) {
    const has = given.get(clientId) ?? give.get(clientId);
    if (has === undefined) give.set(clientId, name);
    else if (has !== name) conflicts.set(n, "client_has_other_name");
  }
  return { give, conflicts };
}

/** A row's request: this contact for the client of its WABA. */
export interface ContactWish {
  n: number;
  clientId: string;
  contact: ClientContact | "invalid";
}

export const MOST_CONTACTS = 20;

/**
 * Which clients get which contacts, after those that they have. A contact whose email or phone the client has
 * already stays as it is, so that an import that is repeated changes nothing.
 *
 * @param kept the contacts that these clients have
 * @returns all contacts of each client that gets one
 */
export function planContacts(
  wishes: readonly ContactWish[],
  kept: ReadonlyMap<string, readonly ClientContact[]>,
): { give: Map<string, ClientContact[]>; conflicts: Map<number, ImportWhy> } {
  const give = new Map<string, ClientContact[]>();
  const conflicts = new Map<number, ImportWhy>();
  for (const { n, clientId, contact } of wishes) {
    const has = give.get(clientId) ?? kept.get(clientId) ?? [];
    if (contact === "invalid") conflicts.set(n, "not_a_contact");
    else if (has.some((one) => isSamePerson(one, contact))) continue;
    else if (has.length >= MOST_CONTACTS) conflicts.set(n, "too_many_contacts");
    else give.set(clientId, [...has, contact]);
  }
  return { give, conflicts };
}

const isSamePerson = (one: ClientContact, other: ClientContact): boolean =>
  (one.email !== null && one.email.toLowerCase() === other.email?.toLowerCase()) ||
  (one.phone !== null && one.phone === other.phone);
