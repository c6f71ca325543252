import { expect } from "vitest";
import { insertRoute } from "../../src/alerting/alert-route-store.ts";
import type { AlertRoute } from "../../src/alerting/alert-route.ts";
import { raiseAlerts, type RaiseAlertsDeps } from "../../src/alerting/raise-alerts.ts";
import { recordEarlyWarnings } from "../../src/alerting/record-early-warnings.ts";
import type { Tx } from "../../src/database/database.ts";
import { saveConnection } from "../../src/directory/connection-store.ts";
import type { Clock } from "../../src/lib/clock.ts";
import { seededRandom } from "../../src/lib/random.ts";
import type { HintEffect } from "../../src/sharing/evidence/hint.ts";
import type { ProbeResult } from "../../src/sharing/model/probe-result.ts";
import { newShareRecord } from "../../src/sharing/model/share-record.ts";
import { DAY, SECOND } from "../../src/sharing/model/timings.ts";
import { insertIncident, saveIncidentEnd } from "../../src/sharing/incidents/incident-store.ts";
import { recordEpisodes } from "../../src/sharing/episodes/record-episodes.ts";
import { appendLines } from "../../src/sharing/record/append-lines.ts";
import { discoverWabas } from "../../src/sharing/record/discover-wabas.ts";
import { META, recordSeen, SYSTEM, type RecordDeps } from "../../src/sharing/record/record-observation.ts";
import type { Observation } from "../../src/sharing/rules/observe.ts";
import { T0, BAD, REMOVED, SILENT } from "../laws/story.ts";
import { testDatabase, type TestDatabase } from "./database.ts";

/** WABAs whose shares come and go by the rules, a clock, and the turns of whoever raises alerts. */
export class AlertFleet {
  now = T0;
  readonly #database: TestDatabase;
  readonly #record: RecordDeps;
  readonly #alerts: RaiseAlertsDeps;

  private constructor(database: TestDatabase) {
    this.#database = database;
    const clock: Clock = {
      now: () => this.now,
      at: () => ({ cancel: () => undefined }),
      pause: async () => undefined,
    };
    const base = { db: database.db, clock, random: seededRandom(7) };
    this.#record = {
      ...{ ...base, sweepPeriodMs: 15_000, wake: () => undefined, onTransitions: recordEpisodes },
    };
    this.#alerts = {
      ...{ ...base, publicUrl: "https://keeper.example" },
      ownFaults: () => Promise.resolve({ rules: [], current: [] }),
    };
  }

  static async open(): Promise<AlertFleet> {
    const database = await testDatabase();
    await saveConnection(database.db, {
      ...{ id: "default", businessId: "734443296905665", appId: "600000000000001" },
      ...{ systemUserId: "610000000000001", graphVersion: "v25.0", partnerName: "360dialog" },
      ...{ publicUrl: null, mode: "enforce" },
    });
    return new AlertFleet(database);
  }

  get db(): TestDatabase["db"] {
    return this.#database.db;
  }

  close(): Promise<void> {
    return this.#database.drop();
  }

  /** WABAs that were imported nine days ago and are proven since. Returns our ids. */
  async live(wabaIds: readonly string[]): Promise<string[]> {
    const { now } = this;
    this.now = now - 9 * DAY;
    const wabas = wabaIds.map((wabaId) => ({ wabaId, ownerBusinessId: null }));
    const found = await discoverWabas(this.#record, { connectionId: "default", wabas, by: META });
    const assetIds = wabaIds.map((wabaId) => found.get(wabaId) ?? "");
    const record = newShareRecord({ adoption: "adopted", origin: "import", now: this.now });
    await this.db.query("update share set record = $2 where asset_id = any($1)", [
      ...[assetIds, JSON.stringify(record)],
    ]);
    await this.probe(assetIds, true);
    this.now = now - 60 * SECOND;
    await this.probe(assetIds, true);
    this.now = now;
    return assetIds;
  }

  async probe(assetIds: readonly string[], stands: boolean): Promise<void> {
    const answers: ProbeResult["answers"] = {
      ...{ Shared: stands ? { verdict: "true" } : BAD, TokenValid: { verdict: "true" } },
      ...(stands && { FullControl: { verdict: "true", byWrite: true } }),
    };
    const asked = { askedAt: this.now, trigger: "due", waited: false, numbers: {} } as const;
    const rest = { numbersComplete: false, kind: null, write: stands ? "passed" : "none" } as const;
    await this.#see(assetIds, { type: "probe", probe: { ...asked, ...rest, answers } });
  }

  hint(assetIds: readonly string[], effect: HintEffect): Promise<void> {
    const at = this.now;
    const hint = { at, receivedAt: at, foreign: null, key: `${effect.kind}|${at}`, effect };
    return this.#see(assetIds, { type: "hint", hint });
  }

  /** The client removes our access now; two probes confirm it within two seconds. */
  async lose(assetIds: readonly string[]): Promise<void> {
    await this.hint(assetIds, REMOVED);
    for (let n = 0; n < 2; n += 1) {
      this.now += SECOND;
      await this.probe(assetIds, false);
    }
  }

  /** The client shares again: proven six seconds later. */
  async restore(assetIds: readonly string[]): Promise<void> {
    await this.hint(assetIds, { kind: "share_back" });
    this.now += 6 * SECOND;
    await this.probe(assetIds, true);
  }

  /** Meta finds the quality of a number of each low. */
  warn(wabaIds: readonly string[]): Promise<void> {
    const warning = {
      ...({ kind: "early_warning", about: "quality", isOver: false } as const),
      ...{ subject: "15550190001", detail: { number: "+15550190001" } },
    };
    return recordEarlyWarnings(
      this.#alerts,
      wabaIds.map((wabaId) => ({ connectionId: "default", wabaId, at: this.now, warning })),
    );
  }

  /** A line about each that changes nothing. */
  async note(assetIds: readonly string[]): Promise<void> {
    const line = { type: "waba.repair.opened", changed: [], by: SYSTEM };
    await this.db.transaction((tx) =>
      appendLines(
        tx,
        assetIds.map((assetId) => ({ assetId, ...line })),
        this.now,
      ),
    );
  }

  async #see(assetIds: readonly string[], observe: Observation): Promise<void> {
    await this.db.transaction((tx) =>
      recordSeen(
        tx,
        this.#record,
        assetIds.map((assetId) => ({ assetId, observe, note: null, by: SYSTEM })),
      ),
    );
  }

  /** A turn of one instance. */
  turn(change: Partial<RaiseAlertsDeps> = {}): Promise<number | void> {
    return raiseAlerts({ ...this.#alerts, ...change });
  }

  /** Turns whenever one is due, for so long. */
  async pass(ms: number): Promise<void> {
    const until = this.now + ms;
    for (;;) {
      const next = await this.turn();
      if (typeof next !== "number" || next > until) break;
      this.now = Math.max(this.now, next);
    }
    this.now = until;
    await this.turn();
  }

  /** Meta does not answer about these any more: two probes without an answer, and some time. */
  async silence(assetIds: readonly string[]): Promise<void> {
    const answers: ProbeResult["answers"] = { Shared: SILENT, TokenValid: { verdict: "true" } };
    for (let n = 0; n < 40; n += 1) {
      const asked = { askedAt: this.now, trigger: "due", waited: false, numbers: {} } as const;
      const rest = { numbersComplete: false, kind: null, write: "none" } as const;
      await this.#see(assetIds, { type: "probe", probe: { ...asked, ...rest, answers } });
      this.now += 15 * SECOND;
    }
  }

  async incident(): Promise<void> {
    await this.db.transaction((tx) =>
      insertIncident(tx, {
        ...{ id: "inc_1", connectionId: "default", about: "meta", reason: "meta_unreachable" },
        ...{ openedAt: this.now, probed: 12, troubled: 12, mostTroubled: 12, confirmed: 0 },
        ...{ endedAt: null, endedWhy: null },
      }),
    );
  }

  async endIncident(): Promise<void> {
    await this.db.transaction((tx) => saveIncidentEnd(tx, { id: "inc_1", at: this.now }));
  }

  /** A turn of an instance that is killed before it commits. */
  async dieInTurn(): Promise<void> {
    const dying = {
      ...this.db,
      query: this.db.query.bind(this.db),
      transaction: <T>(work: (tx: Tx) => Promise<T>) =>
        this.db.transaction(async (tx): Promise<T> => {
          await work(tx);
          throw new Error("killed");
        }),
    };
    await expect(this.turn({ db: dying })).rejects.toThrow("killed");
  }

  /** Every signal that was recorded, oldest first. */
  signals(): Promise<{ rule: string; subject: string }[]> {
    return this.db.query("select rule, subject from alert_signal order by id");
  }

  /** A channel of this name and a route to it, of all alerts unless it says otherwise. */
  async route(channel: string, wish: Partial<AlertRoute> = {}): Promise<void> {
    await this.channel(channel);
    await insertRoute(this.db, {
      ...{ id: `rte_${channel}`, name: `Route ${channel}`, position: 1, match: {}, channelIds: [channel] },
      ...{ pendingS: null, keepFiringS: null, repeatS: null, quietHours: null, escalateAfterS: null },
      ...{ escalateTo: [], version: 1, createdAt: this.now, createdBy: "test", ...wish },
    });
  }

  async channel(name: string): Promise<void> {
    await this.db.query(
      `insert into data_key (id, wrapped, created_at) values ('dk_test', '', now())
       on conflict do nothing`,
    );
    await this.db.query(
      `insert into alert_channel (id, name, type, data_key_id, sealed, state, created_at, created_by)
       values ($1, $1, 'email', 'dk_test', '', 'enabled', now(), 'test')`,
      [name],
    );
  }

  /** What was planned, in order: "opened: 3 clients removed our access…" for each channel. */
  async told(): Promise<string[]> {
    const rows = await this.db.query<{ channel_id: string; kind: string; title: string }>(
      `select channel_id, kind, message->>'title' as title from alert_notification
       order by planned_at,
         array_position(array['opened', 'grew', 'repeated', 'escalated', 'resolved'], kind), channel_id`,
    );
    return rows.map(({ channel_id: to, kind, title }) => `${to} ${kind}: ${title}`);
  }
}
