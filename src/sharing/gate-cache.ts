import type { Database } from "../database/database.ts";
import { findAssets, type Asset } from "../directory/directory-store.ts";
import type { Clock } from "../lib/clock.ts";
import type { GateVerdict } from "./gate.ts";
import { findNewestSeq, readJournal } from "./journal-store.ts";
import { readShares } from "./share-store.ts";
import { stateOf, type ShareState } from "./state.ts";
import { verdictOf } from "./verdict.ts";

export interface GateEntry {
  numberId: string;
  phoneNumberId: string;
  connectionId: string;
  assetId: string;
  wabaId: string;
  verdict: GateVerdict;
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
  #cursor = "0";
  #reading: Promise<void> | null = null;
  #again = false;

  constructor(db: Database, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  /** Loads all shares. The cursor is taken first: what happens meanwhile is read again from the journal. */
  async load(): Promise<void> {
    this.#cursor = await findNewestSeq(this.#db);
    for (let after = ""; ; ) {
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
    this.#reading = this.#readToEnd().finally(() => {
      this.#reading = null;
    });
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

  async #readToEnd(): Promise<void> {
    do {
      this.#again = false;
      for (;;) {
        const lines = await readJournal(this.#db, this.#cursor, PAGE);
        const newest = new Map(lines.map((line) => [line.assetId, line.data.state]));
        const assets = await this.#assetsOf([...newest.keys()]);
        for (const [assetId, state] of newest) {
          const asset = assets.get(assetId);
          if (asset !== undefined) this.#apply(asset, state);
        }
        this.#cursor = lines.at(-1)?.seq ?? this.#cursor;
        if (lines.length < PAGE) break;
      }
    } while (this.#again);
  }

  async #assetsOf(ids: string[]): Promise<Map<string, Asset>> {
    const assets = ids.length === 0 ? [] : await findAssets(this.#db, ids);
    return new Map(assets.map((asset) => [asset.id, asset]));
  }

  #apply(asset: Asset, state: ShareState): void {
    const ids = state.numbers.map((number) => number.numberId);
    for (const gone of this.#numbersOfAsset.get(asset.id) ?? []) if (!ids.includes(gone)) this.#entries.delete(gone);
    this.#numbersOfAsset.set(asset.id, ids);
    for (const number of state.numbers) {
      this.#idByPhone.set(number.phoneNumberId, number.numberId);
      this.#entries.set(number.numberId, {
        numberId: number.numberId,
        phoneNumberId: number.phoneNumberId,
        connectionId: asset.connectionId,
        assetId: asset.id,
        wabaId: asset.wabaId,
        verdict: verdictOf(asset, state, number),
      });
    }
  }
}

const PAGE = 500;
