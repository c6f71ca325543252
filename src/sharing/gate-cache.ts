import type { Database } from "../database/database.ts";
import { findAssets, findClients, type Asset, type SendsWith } from "../directory/directory-store.ts";
import type { Clock } from "../lib/clock.ts";
import type { GateVerdict } from "./gate.ts";
import { findNewestSeq, readJournal } from "./journal-store.ts";
import { readShares } from "./share-store.ts";
import { stateOf, type ShareState } from "./state.ts";
import { StatusTally, type StatusCount } from "./status-tally.ts";
import { verdictOf } from "./verdict.ts";

export interface GateEntry {
  numberId: string;
  phoneNumberId: string;
  connectionId: string;
  assetId: string;
  wabaId: string;
  verdict: GateVerdict;
  /** An accepted message would prove what no look can: the companion link of a coexistence number (rule 10). */
  isProvedBySending: boolean;
  /** With whose token its messages are sent. */
  sendsWith: SendsWith;
  /** In observe mode: since when the gate would have been closed, ms since the epoch; null when it would be open, or is closed. */
  wouldRefuseSince: number | null;
}

/**
 * The gate of every number, in memory, kept current by the journal: it is loaded once at the start and follows the journal by cursor
 * from there, so asking costs no query. An instance that loses the database keeps what it last knew: it closes nothing and opens
 * nothing.
 */
export class GateCache {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #entries = new Map<string, GateEntry>();
  readonly #numbersOfAsset = new Map<string, string[]>();
  readonly #idByPhone = new Map<string, string>();
  readonly #tally = new StatusTally();
  #cursor = "0";
  #reading: Promise<void> | null = null;
  #again = false;

  readonly #partnerName: string;

  readonly #beforeApply: (assetIds: readonly string[]) => Promise<void>;

  /** `beforeApply` is awaited before verdicts of these WABAs change in memory: what a refusal names beside them is learnt there. */
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

  /** Loads all shares. The cursor is taken first: what happens meanwhile is read again from the journal. */
  async load(): Promise<void> {
    this.#cursor = await findNewestSeq(this.#db);
    for (let after = ""; ;) {
      const shares = await readShares(this.#db, after, PAGE);
      const assets = await this.#assetsOf(shares.map((share) => share.assetId));
      for (const share of shares) {
        const asset = assets.get(share.assetId);
        if (asset !== undefined) this.#apply(asset, stateOf(share.memory, this.#clock.now()));
      }
      if (shares.length < PAGE) return;
      after = shares.at(-1)?.assetId ?? "";
    }
  }

  /** Reads the journal to its end. Calls while it reads are answered by one more reading after it. */
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
    const assets = await this.#assetsOf([...newest.keys()]);
    if (newest.size > 0) await this.#beforeApply([...newest.keys()]);
    for (const [assetId, state] of newest) {
      const asset = assets.get(assetId);
      if (asset !== undefined) this.#apply(asset, state);
    }
    this.#cursor = lines.at(-1)?.seq ?? this.#cursor;
    return lines.length === PAGE;
  }

  async #assetsOf(ids: string[]): Promise<Map<string, NamedAsset>> {
    if (ids.length === 0) return new Map();
    const assets = await findAssets(this.#db, ids);
    const clients = await findClients(this.#db, [...new Set(assets.map((asset) => asset.clientId))]);
    const names = new Map(clients.map((client) => [client.id, client.name]));
    return new Map(
      assets.map((asset) => [asset.id, { ...asset, clientName: names.get(asset.clientId) ?? asset.name }]),
    );
  }

  #apply(asset: NamedAsset, state: ShareState): void {
    this.#tally.put(asset.id, state);
    const names = {
      client: asset.clientName,
      partner: this.#partnerName,
      wabaId: asset.wabaId,
      sendsWithClientToken: asset.sendsWith === "client",
    };
    const ids = state.numbers.map((number) => number.numberId);
    for (const gone of this.#numbersOfAsset.get(asset.id) ?? [])
      if (!ids.includes(gone)) this.#entries.delete(gone);
    this.#numbersOfAsset.set(asset.id, ids);
    for (const number of state.numbers) {
      this.#idByPhone.set(number.phoneNumberId, number.numberId);
      this.#entries.set(number.numberId, {
        numberId: number.numberId,
        phoneNumberId: number.phoneNumberId,
        connectionId: asset.connectionId,
        assetId: asset.id,
        wabaId: asset.wabaId,
        verdict: verdictOf(asset.mode, state, number, names),
        isProvedBySending: number.conditions.some(
          ({ type, status }) => type === "CompanionLinked" && status !== "True",
        ),
        sendsWith: asset.sendsWith,
        wouldRefuseSince: asset.mode === "observe" && number.gate === "closed" ? number.since : null,
      });
    }
  }
}

type NamedAsset = Asset & { clientName: string };

const PAGE = 500;
