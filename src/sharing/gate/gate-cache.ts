/**
 * The gate of every number, in memory.
 *
 * A message must not cost a query, and a closed gate must be closed on every instance. So each instance keeps
 * the verdict of each number in memory and follows the journal:
 *
 * 1. `load` remembers the newest sequence of the journal first, then reads all shares page by page. A change
 *   during the load is read again from the journal, which is harmless because a line carries the whole state.
 * 2. `follow` reads the journal from the cursor to its end. The transaction that changes a share wakes it, a
 *   notice of the database wakes the other instances, and a poll covers a lost notice.
 *
 * An instance that loses the database keeps what it last knew. It closes nothing and opens nothing.
 */

import type { Database } from "../../database/database.ts";
import type { SendsWith } from "../../directory/asset-store.ts";
import type { Clock } from "../../lib/clock.ts";
import type { GateVerdict } from "./gate-verdict.ts";
import { findGateTerms, readGatedShares, type GateTerms } from "./gate-store.ts";
import { findNewestSeq, readJournal } from "../record/journal-store.ts";
import type { SendingIssue } from "../model/sending-issue.ts";
import { stateOf, type ShareState } from "../status/share-state.ts";
import { StatusTally, type StatusCount } from "../status/status-tally.ts";
import { isEnforced, verdictOf } from "./verdict.ts";

export interface GateEntry {
  numberId: string;
  phoneNumberId: string;
  connectionId: string;
  assetId: string;
  wabaId: string;
  verdict: GateVerdict;
  /**
   * An accepted message would prove what no probe can: the companion link of a coexistence number (rule 10).
   */
  isProvedBySending: boolean;
  /** It is used in the WhatsApp Business app. */
  isCoexistence: boolean;
  /** Meta refuses its messages, as of the newest journal line; null: no refusal. */
  sending: SendingIssue | null;
  /** When its gate was seen to open, ms since the epoch; null while it is not open. */
  openSince: number | null;
  /** Whose token sends its messages. */
  sendsWith: SendsWith;
  /**
   * In observe mode: since when the gate would have been closed, ms since the epoch; null when it would be
   * open, or is closed.
   */
  wouldRefuseSince: number | null;
}

export interface SendingCounts {
  refusedByToken: { wabas: number; numbers: number };
  unverified: { wabas: number; numbers: number };
}

/**
 * The gate of every number, in memory. It is loaded once at the start and then follows the journal by cursor,
 * so that asking costs no query. An instance that loses the database keeps the last state: it closes nothing
 * and opens nothing.
 */
export class GateCache {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #entries = new Map<string, GateEntry>();
  /** Ids with spaces between them. Most WABAs have one number, and then the existing string is kept. */
  readonly #numbersOfAsset = new Map<string, string>();
  readonly #idByPhone = new Map<string, string>();
  readonly #connectionIds = new Map<string, string>();
  readonly #tally = new StatusTally();
  #cursor = "0";
  #reading: Promise<void> | null = null;
  #again = false;

  readonly #partnerName: string;

  readonly #beforeApply: (assetIds: readonly string[]) => Promise<void>;

  /**
   * `beforeApply` is awaited before verdicts of these WABAs change in memory. It loads what a refusal names
   * beside them.
   */
  constructor(
    db: Database,
    clock: Clock,
    partnerName: string,
    beforeApply: (assetIds: readonly string[]) => Promise<void> = async () => undefined,
  ) {
    this.#beforeApply = beforeApply;
    this.#db = db;
    this.#clock = clock;
    this.#partnerName = partnerName;
  }

  /**
   * Loads all shares. The cursor is taken first, so that later changes are read again from the journal. The
   * next page is read while one is applied.
   */
  async load(): Promise<void> {
    this.#cursor = await findNewestSeq(this.#db);
    let next = readGatedShares(this.#db, "", PAGE);
    for (;;) {
      const page = await next;
      const last = page.at(-1);
      const isEnd = last === undefined || page.length < PAGE;
      if (!isEnd) next = readGatedShares(this.#db, last.assetId, PAGE);
      for (const share of page) this.#apply(share, stateOf(share.record, this.#clock.now()));
      if (isEnd) return;
    }
  }

  /** Reads the journal to its end. Calls during a read are answered by one more read after it. */
  follow(): Promise<void> {
    if (this.#reading !== null) {
      this.#again = true;
      return this.#reading;
    }
    this.#reading = this.#readToEnd();
    return this.#reading;
  }

  /** By our number id. */
  find(numberId: string): GateEntry | null {
    return this.#entries.get(numberId) ?? null;
  }

  /** By Meta's phone number id. */
  findByPhone(phoneNumberId: string): GateEntry | null {
    const id = this.#idByPhone.get(phoneNumberId);
    return id === undefined ? null : this.find(id);
  }

  /** How many WABAs are in which status, as of the journal line read last. */
  statusCounts(): StatusCount[] {
    return this.#tally.counts();
  }

  /**
   * Messages while nothing can be proven: refused because our own token is dead, and still passing although
   * unverified. Counted over all numbers at each call.
   */
  sendingCounts(): SendingCounts {
    const refused = { wabas: new Set<string>(), numbers: 0 };
    const unverified = { wabas: new Set<string>(), numbers: 0 };
    for (const { assetId, verdict } of this.#entries.values()) {
      const isRefused = verdict.decision !== "open" && verdict.refusal.reason === "provider_token_invalid";
      const isUnverified = verdict.decision === "open" && this.#tally.statusOf(assetId) === "unknown";
      if (!isRefused && !isUnverified) continue;
      const counted = isRefused ? refused : unverified;
      counted.wabas.add(assetId);
      counted.numbers += 1;
    }
    return {
      refusedByToken: { wabas: refused.wabas.size, numbers: refused.numbers },
      unverified: { wabas: unverified.wabas.size, numbers: unverified.numbers },
    };
  }

  /** How many shares there are, whatever their status. */
  shareCount(): number {
    return this.#tally.assetCount();
  }

  async #readToEnd(): Promise<void> {
    try {
      do {
        this.#again = false;
        while (await this.#readPage());
      } while (this.#again);
    } finally {
      this.#reading = null;
    }
  }

  /** @returns whether there may be more */
  async #readPage(): Promise<boolean> {
    const lines = await readJournal(this.#db, this.#cursor, PAGE);
    const newest = new Map(lines.map((line) => [line.assetId, line.data.state]));
    const terms = await findGateTerms(this.#db, [...newest.keys()]);
    if (newest.size > 0) await this.#beforeApply([...newest.keys()]);
    for (const ofAsset of terms) {
      const state = newest.get(ofAsset.assetId);
      if (state !== undefined) this.#apply(ofAsset, state);
    }
    this.#cursor = lines.at(-1)?.seq ?? this.#cursor;
    return lines.length === PAGE;
  }

  #apply(terms: GateTerms, state: ShareState): void {
    const { assetId, wabaId, mode, sendsWith } = terms;
    this.#tally.put(assetId, state);
    const names = {
      client: terms.clientName,
      partner: this.#partnerName,
      wabaId,
      sendsWithClientToken: sendsWith === "client",
    };
    const ids = state.numbers.map((number) => number.numberId);
    for (const gone of this.#numbersOfAsset.get(assetId)?.split(" ") ?? [])
      if (!ids.includes(gone)) this.#entries.delete(gone);
    const now = this.#clock.now();
    if (ids.length > 0) this.#numbersOfAsset.set(assetId, ids.join(" "));
    else this.#numbersOfAsset.delete(assetId);
    for (const number of state.numbers) {
      this.#idByPhone.set(number.phoneNumberId, number.numberId);
      this.#entries.set(number.numberId, {
        numberId: number.numberId,
        phoneNumberId: number.phoneNumberId,
        connectionId: this.#sameText(terms.connectionId),
        assetId,
        wabaId,
        verdict: verdictOf(mode, state, number, names),
        isProvedBySending: number.conditions.some(
          ({ type, status }) => type === "CompanionLinked" && status !== "True",
        ),
        isCoexistence: number.coexistence,
        sending: number.sending ?? null,
        openSince: number.gate === "open" ? (this.#entries.get(number.numberId)?.openSince ?? now) : null,
        sendsWith,
        wouldRefuseSince: number.gate === "closed" && !isEnforced(mode, state) ? number.since : null,
      });
    }
  }

  /** Every row of the database has its own copy of its connection's id. */
  #sameText(connectionId: string): string {
    const known = this.#connectionIds.get(connectionId);
    if (known === undefined) this.#connectionIds.set(connectionId, connectionId);
    return known ?? connectionId;
  }
}

const PAGE = 500;
