import { saveConnection } from "../../src/directory/connection-store.ts";
import { ensureInboxPartitions } from "../../src/inbox/ensure-inbox-partitions.ts";
import { seededRandom } from "../../src/lib/random.ts";
import { importWabas } from "../../src/onboarding/import/import-wabas.ts";
import { derive } from "../../src/sharing/status/derive.ts";
import { findOpenIncidents } from "../../src/sharing/incidents/incident-store.ts";
import { readGatedShares } from "../../src/sharing/gate/gate-store.ts";
import { SYSTEM } from "../../src/sharing/record/record-observation.ts";
import type { ShareRow } from "../../src/sharing/record/share-store.ts";
import { testDatabase, type TestDatabase } from "../support/database.ts";
import { randomOf } from "./random-source.ts";
import { COEXISTENCE_WABA, EmulatedMeta, TOKEN_WABA } from "./emulated-meta.ts";
import { FragileDatabase, Traffic } from "./fragile-database.ts";
import { AppReferee, LAG_MS, SWEEP_MS } from "./app-referee.ts";
import { ACCOUNT, TestApp, type AppParts } from "./test-app.ts";
import { actionsFor, deliveredOf } from "./app-steps.ts";
import type { Trouble } from "./model-meta.ts";
import { TROUBLES } from "./steps.ts";
import { iso } from "./trace.ts";
import { expectedOf, hasPermission, isFullyShared, isShared, TruthLine, type Truth } from "./truth.ts";
import { VirtualTime } from "./virtual-time.ts";
import { FOREIGN, forged, type Delivery, type Webhook } from "./webhook.ts";
import { Wire } from "./wire.ts";

export interface AppOutcome {
  seed: number;
  violations: string[];
  trace: string[];
  /** Every change of a gate, in order: equal for equal seeds. */
  digest: string;
  webhooks: number;
}

const START = Date.UTC(2026, 10, 22);
/**
 * So many WABAs without full control or the app keep an incident open, because no listing confirms their
 * loss. Two instances each count what they saw, so two may do. A known limit (docs/reference/simulation.md).
 */
const HOLDS_INCIDENT = 2;
const isPartlyLost = (truth: Truth): boolean => isShared(truth) && !hasPermission(truth);
/** So many are lost at once, of a fleet of eight: enough for an incident, and some stay intact. */
const LOST_AT_ONCE = 5;

/**
 * One history of three or eight WABAs, from its seed alone: the server's own functions, loops and database,
 * once or twice on the same database, against the emulator.
 */
export async function runApp(seed: number, isTraced = false): Promise<AppOutcome> {
  const database = await testDatabase();
  try {
    return await new AppHistory(seed, database, isTraced).run();
  } finally {
    await database.drop();
  }
}

class AppHistory {
  readonly violations: string[] = [];
  readonly #random;
  readonly #traffic = new Traffic();
  readonly #time = new VirtualTime(START, () => this.#settle());
  readonly #database: TestDatabase;
  readonly #meta: EmulatedMeta;
  readonly #parts: Omit<AppParts, "name">;
  readonly #wire: Wire;
  readonly #referee: AppReferee;
  readonly #truths = new Map<string, TruthLine>();
  readonly #trace: string[] | null;
  readonly #seed: number;
  readonly #isFleet: boolean;
  readonly #usesClientToken: boolean;
  #instances: TestApp[];
  #acceptedCount = 0;
  #endAt = 0;
  #isIncidentOpen = false;
  #digest = "";

  constructor(seed: number, database: TestDatabase, isTraced: boolean) {
    this.#seed = seed;
    this.#trace = isTraced ? [] : null;
    this.#random = randomOf(seed);
    this.#database = database;
    this.#isFleet = this.#random.chance(0.25);
    this.#usesClientToken = this.#random.chance(0.5);
    // A client's token is fetched from its portfolio, which Meta does not show a Tech Provider.
    const isTechProvider = this.#random.chance(0.5) && !this.#usesClientToken;
    const providerKind = isTechProvider ? "tech_provider" : "solution_partner";
    const manners = { lagMs: LAG_MS, isFleet: this.#isFleet, providerKind } as const;
    this.#meta = new EmulatedMeta(this.#time, this.#random, manners);
    this.#parts = {
      db: database.db,
      traffic: this.#traffic,
      clock: this.#time,
      random: seededRandom(seed),
      meta: this.#meta,
      sweepPeriodMs: SWEEP_MS,
      failed: (error) => this.#violated(`an error: ${String(error)}`),
    };
    const names = this.#random.chance(0.4) ? ["one", "two"] : ["one"];
    this.#instances = names.map((name) => new TestApp({ ...this.#parts, name }));
    const receiver = { receive: (delivery: Delivery) => this.#anyInstance().receive(delivery) };
    const onAnswer = (delivery: Delivery, status: number): void => this.#arrived(delivery, status);
    this.#wire = new Wire({ clock: this.#time, random: this.#random, receiver, onAnswer }, false);
    for (const id of this.#meta.wabaIds) this.#truths.set(id, new TruthLine(START - 1, this.#truthOf(id)));
    this.#referee = new AppReferee({
      clock: this.#time,
      at: (at, run) => void this.#time.at(at, run),
      meta: this.#meta,
      truths: this.#truths,
      isFleet: this.#isFleet,
      instances: () => this.#instances,
      violated: (text) => this.#violated(text),
      turned: (text) => this.#turned(text),
    });
  }

  async run(): Promise<AppOutcome> {
    await this.#prepare();
    this.#schedule();
    await this.#time.runUntil(() => this.#endAt);
    await this.#quieten();
    await this.#time.runUntil(
      () => Math.max(this.#endAt, Math.min(this.#wire.lastAt, this.#endAt + 20_000)) + 75_000,
    );
    await this.#outlastIncident();
    await this.#judgeEnd();
    for (const app of this.#instances) app.end();
    const trace = this.#trace ?? [];
    return {
      seed: this.#seed,
      violations: this.violations,
      trace,
      digest: this.#digest,
      webhooks: this.#acceptedCount,
    };
  }

  async #prepare(): Promise<void> {
    const { db } = this.#database;
    const identity = { ...ACCOUNT, id: "default", graphVersion: "v25.0", partnerName: "360dialog" };
    await saveConnection(db, { ...identity, publicUrl: null, mode: "enforce" });
    await ensureInboxPartitions({ db }, START);
    const [first] = this.#instances as [TestApp];
    const deps = { ...first.deps, db: new FragileDatabase(db, this.#traffic) };
    const importing = importWabas(deps, first.account, SYSTEM);
    await this.#time.runUntil(() => START + 20_000);
    await importing;
    for (const app of this.#instances) await app.start();
    if (this.#usesClientToken) await first.setTerms(TOKEN_WABA, { sendsWith: "client" });
    // The first probe asks Meta for that token. In observe mode no probe would.
    await this.#time.runUntil(() => START + 25_000);
    this.#note("instances", () => `${this.#instances.length}, ${this.#meta.wabaIds.length} WABAs`);
  }

  #schedule(): void {
    let at = this.#time.now() + 1000;
    for (let count = this.#random.between(4, 9); count > 0; count -= 1) {
      this.#time.at(at, () => this.#takeStep());
      at += this.#random.pick([this.#random.between(0, 3000), this.#random.between(1000, 20_000)]);
    }
    this.#endAt = at;
  }

  #takeStep(): void {
    const random = this.#random;
    const wabaId = random.pick(this.#meta.wabaIds);
    const what = random.weighted({
      client: 12,
      trouble: 2,
      kill: 2,
      check: 2,
      foreign: 1,
      forged: 1,
      listing: 1,
      mode: 1.5,
      deny: this.#isFleet ? 4 : 0,
      lose_many: this.#isFleet ? 3 : 0,
    });
    this.#note("step", () => `${what} ${wabaId}`);
    switch (what) {
      case "client":
        return this.#do(random.pick(actionsFor(wabaId, this.#truth(wabaId))), wabaId);
      case "trouble":
        return this.#begin(random.pick(TROUBLES), random.between(500, 20_000));
      case "kill":
        return this.#kill(random.between(0, 12), random.pick([100, 3000, 20_000]));
      case "check":
        return void this.#check(wabaId);
      case "foreign":
        return this.#tell(random.pick(FOREIGN)());
      case "forged":
        return this.#tell(forged());
      case "listing":
        return void this.#anyInstance().act(wabaId, { kind: "suspicion" });
      case "mode":
        return void this.#setMode(wabaId, this.#referee.isObserving(wabaId) ? "enforce" : "observe");
      case "deny":
        return this.#denyAll(random.between(5000, 30_000));
      case "lose_many":
        return this.#loseMany();
    }
  }

  /** A running instance, if there is one. */
  #anyInstance(): TestApp {
    const up = this.#instances.filter((app) => app.isUp);
    return this.#random.pick(up.length > 0 ? up : this.#instances);
  }

  #truthOf(wabaId: string): Truth {
    return { ...this.#meta.truthOf(wabaId), needsApp: this.#usesClientToken && wabaId === TOKEN_WABA };
  }

  #truth(wabaId: string): Truth {
    return (this.#truths.get(wabaId) as TruthLine).now;
  }

  #do(input: { action: string } & Record<string, unknown>, wabaId: string | null): void {
    const isSignup = input.action === "sign_up" && wabaId !== null;
    const given = wabaId === null ? input : { ...input, waba_id: wabaId };
    const webhooks = isSignup ? this.#meta.signUp(wabaId) : this.#meta.act(given);
    if (webhooks === null) return this.#note("refused", () => JSON.stringify(given));
    this.#note("meta", () => JSON.stringify(given));
    this.#rememberTruth();
    if (input.action === "token.revoke") this.#restoreToken(given);
    if (isSignup && this.#random.chance(0.8))
      void this.#anyInstance().act(wabaId, { kind: "signup_finished", as: "unknown" });
    for (const webhook of webhooks) this.#tell(deliveredOf(webhook));
  }

  #rememberTruth(): void {
    for (const [id, line] of this.#truths) {
      const was = line.now;
      line.change(this.#time.now(), this.#truthOf(id));
      this.#referee.changed(id, was, line.now);
    }
  }

  #restoreToken(revoked: { action: string } & Record<string, unknown>): void {
    this.#referee.disturbed("ours", Infinity);
    this.#later(this.#random.between(2000, 30_000), () => {
      this.#do({ ...revoked, action: "token.restore" }, null);
      this.#referee.restored(this.#time.now() + SWEEP_MS + 5000);
    });
  }

  #tell(webhook: Webhook): void {
    const way = this.#wire.send(webhook);
    this.#note("webhook", () => `${webhook.event}${webhook.isOurs ? "" : " (foreign or forged)"}: ${way}`);
  }

  #begin(kind: Trouble, ms: number, share: number = this.#random.pick([1, 0.5])): void {
    this.#note("trouble", () => `${kind}, ${ms / 1000} s`);
    const mine = { kind, share };
    this.#meta.trouble = mine;
    const until = this.#time.now() + ms + SWEEP_MS;
    this.#referee.disturbed(kind === "no_network" ? "ours" : "meta", until);
    this.#later(ms, () => {
      if (this.#meta.trouble === mine) this.#meta.trouble = null;
    });
  }

  /** Meta denies every WABA, though all are intact, and shows them in its listing. */
  #denyAll(ms: number): void {
    this.#begin("denies", ms, 1);
    this.#referee.denied(this.#time.now() + ms);
    this.#referee.disturbed("meta", this.#time.now() + ms + 2 * SWEEP_MS);
  }

  /** No webhook announces it: many removals at once look like a fault until a listing confirms them. */
  #loseMany(): void {
    const shared = this.#meta.wabaIds.filter((id) => isFullyShared(this.#truth(id)));
    if (shared.length < LOST_AT_ONCE + 2) return;
    for (const wabaId of shared.slice(0, LOST_AT_ONCE))
      this.#meta.act({ action: "partner.remove", waba_id: wabaId });
    this.#rememberTruth();
  }

  async #check(wabaId: string): Promise<void> {
    this.#referee.checkBegins(wabaId);
    await this.#anyInstance().check(wabaId);
    this.#referee.checkEnds(wabaId);
  }

  async #setMode(wabaId: string, mode: "observe" | "enforce"): Promise<void> {
    const app = this.#anyInstance();
    if (!app.isUp || app.isDying) return;
    this.#referee.modeSet(wabaId, mode);
    this.#note("mode", () => `${wabaId} ${mode}`);
    await app.setTerms(wabaId, { mode });
  }

  #kill(statements: number, downMs: number): void {
    const app = this.#anyInstance();
    if (!app.isUp || app.isDying) return;
    this.#note("kill", () => `${app.name}, after ${statements} statements, down for ${downMs / 1000} s`);
    // Its lease (30 s) outlives it.
    this.#referee.disturbed("ours", this.#time.now() + downMs + 2000 + 31_000 + SWEEP_MS);
    void app.kill(statements);
    this.#later(2500 + downMs, () => void this.#startAgain(app));
  }

  async #startAgain(dead: TestApp): Promise<void> {
    const app = new TestApp({ ...this.#parts, name: dead.name });
    this.#instances = this.#instances.map((each) => (each === dead ? app : each));
    await this.#traffic.during(() => app.start());
  }

  #later(ms: number, run: () => void): void {
    this.#time.at(this.#time.now() + ms, run);
    this.#endAt = Math.max(this.#endAt, this.#time.now() + ms + 1000);
  }

  async #quieten(): Promise<void> {
    this.#note("quiet", () => "nothing more happens");
    this.#meta.trouble = null;
    this.#do({ action: "token.restore" }, null);
    for (const app of this.#instances) if (!app.isUp) await this.#startAgain(app);
    for (const wabaId of this.#meta.wabaIds)
      if (this.#referee.isObserving(wabaId)) await this.#setMode(wabaId, "enforce");
  }

  /** When no intact WABA is left, a listing counts once the incident is ten minutes old. */
  async #outlastIncident(): Promise<void> {
    if ((await findOpenIncidents(this.#database.db)).length === 0) return;
    const until = this.#time.now() + 12 * 60_000;
    await this.#time.runUntil(() => until);
    this.#isIncidentOpen = (await findOpenIncidents(this.#database.db)).length > 0;
    const partlyLost = this.#meta.wabaIds.filter((id) => isPartlyLost(this.#truth(id)));
    if (this.#isIncidentOpen && partlyLost.length < HOLDS_INCIDENT)
      this.#violated("an incident did not end with the fault");
  }

  #arrived({ webhook, entryTimeS, copy }: Delivery, status: number): void {
    this.#note("arrives", () => `${webhook.event}, copy ${copy}, of ${iso(entryTimeS * 1000)}: ${status}`);
    if (status !== 200) return;
    this.#acceptedCount += 1;
    const wabaId = webhook.about?.kind;
    if (wabaId !== undefined && webhook.closes !== null) this.#referee.announced(wabaId, webhook.closes);
  }

  async #settle(): Promise<void> {
    await this.#traffic.settled();
    this.#referee.watchGates();
  }

  #turned(text: string): void {
    this.#digest += `${this.#time.now() - START} ${text};`;
    this.#note("gate", () => text);
  }

  async #judgeEnd(): Promise<void> {
    const { db } = this.#database;
    const now = this.#time.now();
    const shares = await readGatedShares(db, "", 100);
    const names = await db.query<{ owner_id: string; meta_id: string }>(
      "select owner_id, meta_id from meta_id where type = 'waba'",
    );
    const wabaIdOf = (assetId: string): string =>
      names.find((name) => name.owner_id === assetId)?.meta_id ?? "";
    for (const share of shares) await this.#judgeShare(share, wabaIdOf(share.assetId), now);
    const links = await db.query<{ asset_id: string; created_at: Date }>(
      "select asset_id, created_at from reshare_link where created_by = 'system'",
    );
    for (const link of links) this.#referee.judgeLink(wabaIdOf(link.asset_id), link.created_at.getTime());
    const rows = await db.query<{ outcome: string | null }>("select outcome from inbox");
    const lost = this.#acceptedCount - rows.filter((row) => row.outcome === "understood").length;
    // A process that was killed after the commit and before the answer leaves one more than Meta counts.
    if (lost > 0) this.#violated(`${lost} webhooks that were answered 200 were not taken`);
    if (rows.some((row) => row.outcome === null)) this.#violated("a webhook still waits");
  }

  async #judgeShare(share: ShareRow, wabaId: string, now: number): Promise<void> {
    const { record } = share;
    const truth = this.#truth(wabaId);
    const derived = derive(record, now);
    // No probe can prove the companion link: a lost webhook about it leaves it unknown.
    const isCompanions = Object.values(derived.numbers).some(
      (one) => one.reason?.startsWith("companion") === true,
    );
    if (this.#isIncidentOpen && isPartlyLost(truth)) return;
    const expected = expectedOf(truth, record, Object.keys(truth.numbers));
    if (derived.status !== expected && !(wabaId === COEXISTENCE_WABA && isCompanions))
      this.#violated(`at the end ${wabaId} is ${derived.status}, and the truth is ${expected}`);
    // Our own repair, which causes no event at Meta.
    if (derived.status === "live" && !this.#meta.truthOf(wabaId).subscribed)
      this.#violated(`at the end the subscription of ${wabaId} was not repaired`);
    for (const app of this.#instances)
      for (const [numberId, number] of Object.entries(derived.numbers)) {
        const shown = app.gate.find(numberId)?.verdict.decision;
        if (shown !== number.gate)
          this.#violated(`${app.name}: the gate of ${numberId} says ${shown}, the share ${number.gate}`);
      }
    await this.#judgeEpisode(share.assetId, wabaId, derived.gate);
  }

  /**
   * The figures: a loss that closed the gate has not ended while it is closed, and has ended when it is open.
   */
  async #judgeEpisode(assetId: string, wabaId: string, gate: string): Promise<void> {
    const [row] = await this.#database.db.query<{ open: string }>(
      "select count(*) as open from episode where asset_id = $1 and ended_at is null",
      [assetId],
    );
    const openCount = Number(row?.open);
    if (openCount !== (gate === "closed" ? 1 : 0))
      this.#violated(`at the end ${wabaId} is ${gate}, with ${openCount} losses that have not ended`);
  }

  #violated(text: string): void {
    this.violations.push(text);
    this.#note("VIOLATED", () => text);
  }

  #note(what: string, text: () => string): void {
    this.#trace?.push(`${iso(this.#time.now())}  ${what.padEnd(8)} ${text()}`);
  }
}
