import { saveConnection } from "../../src/directory/connection-store.ts";
import { ensureInboxPartitions } from "../../src/inbox/ensure-inbox-partitions.ts";
import { seededRandom } from "../../src/lib/random.ts";
import { importWabas } from "../../src/onboarding/import-wabas.ts";
import { derive } from "../../src/sharing/derive.ts";
import { readGatedShares } from "../../src/sharing/gate-store.ts";
import { SYSTEM } from "../../src/sharing/record-observation.ts";
import type { ShareRow } from "../../src/sharing/share-store.ts";
import { testDatabase, type TestDatabase } from "../support/database.ts";
import { diceOf } from "./dice.ts";
import { COEXISTENCE_WABA, EmulatedMeta, WABAS } from "./emulated-meta.ts";
import { FragileDatabase, Traffic } from "./fragile-database.ts";
import { ACCOUNT, House, type HouseParts } from "./house.ts";
import { actionsFor, deliveredOf } from "./house-steps.ts";
import { iso } from "./run-heart.ts";
import type { Trouble } from "./model-meta.ts";
import { expectedOf, isFullyShared, maySend, TruthLine, type Truth } from "./truth.ts";
import { VirtualTime } from "./virtual-time.ts";
import { FOREIGN, forged, type Delivery, type Webhook } from "./webhook.ts";
import { Wire } from "./wire.ts";

export interface HouseOutcome {
  seed: number;
  violations: string[];
  trace: string[];
  /** Every change of a gate, in order: equal for equal seeds. */
  digest: string;
  webhooks: number;
}

const START = Date.UTC(2026, 10, 22);
const SWEEP_MS = 15_000;
const LAG_MS = 2999;
/** 9.5 s, the looks under way (10 s each at the worst), and a poll of the loops. */
const ANNOUNCED_BOUND_MS = 9500 + 2 * 10_000 + 5000;
const TROUBLES: readonly Trouble[] = ["server_error", "hang", "throttle", "garbage", "broken", "no_network"];

/** One history of three WABAs: the server's own verbs, loops and database, against the emulator, from its seed alone. */
export async function runHouse(seed: number, isTraced = false): Promise<HouseOutcome> {
  const database = await testDatabase();
  try {
    return await new HouseHistory(seed, database, isTraced).run();
  } finally {
    await database.drop();
  }
}

class HouseHistory {
  readonly violations: string[] = [];
  readonly #dice;
  readonly #traffic = new Traffic();
  readonly #time = new VirtualTime(START, () => this.#settle());
  readonly #database: TestDatabase;
  readonly #meta: EmulatedMeta;
  readonly #parts: HouseParts;
  readonly #wire: Wire;
  readonly #truths = new Map<string, TruthLine>();
  readonly #trace: string[] | null;
  readonly #seed: number;
  #house: House;
  #acceptedCount = 0;
  #endAt = 0;
  /** Until when something of ours was not well. */
  #oursUntil = 0;
  /** Own closing webhooks answered 200, by WABA: when the newest came. */
  readonly #announcedAt = new Map<string, number>();
  readonly #gates = new Map<string, string>();
  #digest = "";

  constructor(seed: number, database: TestDatabase, isTraced: boolean) {
    this.#seed = seed;
    this.#trace = isTraced ? [] : null;
    this.#dice = diceOf(seed);
    this.#database = database;
    this.#meta = new EmulatedMeta(this.#time, this.#dice, LAG_MS);
    this.#parts = {
      db: database.db,
      traffic: this.#traffic,
      clock: this.#time,
      random: seededRandom(seed),
      meta: this.#meta,
      sweepPeriodMs: SWEEP_MS,
      failed: (error) => this.violations.push(`an error: ${String(error)}`),
    };
    this.#house = new House(this.#parts);
    const door = { receive: (delivery: Delivery) => this.#house.receive(delivery) };
    const told = (delivery: Delivery, status: number): void => this.#arrived(delivery, status);
    this.#wire = new Wire({ clock: this.#time, dice: this.#dice, door, told }, false);
    for (const id of WABAS) this.#truths.set(id, new TruthLine(START - 1, this.#meta.truthOf(id)));
  }

  async run(): Promise<HouseOutcome> {
    await this.#prepare();
    this.#schedule();
    await this.#time.runUntil(() => this.#endAt);
    this.#note("quiet", () => "nothing happens any more");
    this.#meta.trouble = null;
    this.#do({ action: "token.restore" }, null);
    if (!this.#house.isUp) await this.#startAgain();
    await this.#time.runUntil(
      () => Math.max(this.#endAt, Math.min(this.#wire.lastAt, this.#endAt + 20_000)) + 75_000,
    );
    await this.#judgeEnd();
    this.#house.end();
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
    await saveConnection(db, { ...identity, publicUrl: null, mode: "enforce" }, START);
    await ensureInboxPartitions({ db }, START);
    const deps = { ...this.#house.deps, db: new FragileDatabase(db, this.#traffic) };
    const importing = importWabas(deps, { ...ACCOUNT, graph: this.#meta }, SYSTEM);
    await this.#time.runUntil(() => START + 20_000);
    await importing;
    await this.#house.start();
  }

  #schedule(): void {
    let at = this.#time.now() + 1000;
    for (let count = this.#dice.between(4, 9); count > 0; count -= 1) {
      this.#time.at(at, () => this.#takeStep());
      at += this.#dice.pick([this.#dice.between(0, 3000), this.#dice.between(1000, 20_000)]);
    }
    this.#endAt = at;
  }

  #takeStep(): void {
    const dice = this.#dice;
    const wabaId = dice.pick(WABAS);
    const what = dice.weighted({
      client: 12,
      trouble: 2,
      kill: 2,
      check: 2,
      foreign: 1,
      forged: 1,
      listing: 1,
    });
    this.#note("step", () => `${what} ${wabaId}`);
    switch (what) {
      case "client":
        return this.#do(dice.pick(actionsFor(wabaId, this.#truth(wabaId))), wabaId);
      case "trouble":
        return this.#begin(dice.pick(TROUBLES), dice.between(500, 20_000));
      case "kill":
        return this.#kill(dice.between(0, 12), dice.pick([100, 3000, 20_000]));
      case "check":
        return void this.#house.check(wabaId);
      case "foreign":
        return this.#tell(dice.pick(FOREIGN)());
      case "forged":
        return this.#tell(forged());
      case "listing":
        return void this.#house.act(wabaId, { kind: "suspicion" });
    }
  }

  #truth(wabaId: string): Truth {
    return (this.#truths.get(wabaId) as TruthLine).now;
  }

  #do(input: { action: string } & Record<string, unknown>, wabaId: string | null): void {
    const isSignup = input.action === "sign_up" && wabaId !== null;
    const given = wabaId === null ? input : { ...input, waba_id: wabaId };
    const webhooks = isSignup ? this.#meta.signUp(wabaId) : this.#meta.act(given);
    if (webhooks === null) return this.#note("refused", () => JSON.stringify(given));
    const now = this.#time.now();
    for (const [id, line] of this.#truths) line.change(now, this.#meta.truthOf(id));
    this.#note("meta", () => JSON.stringify(given));
    if (input.action === "token.revoke") {
      this.#oursUntil = Infinity;
      this.#later(this.#dice.between(2000, 30_000), () => {
        this.#do({ action: "token.restore" }, null);
        this.#oursUntil = this.#time.now() + SWEEP_MS + 5000;
      });
    }
    if (isSignup && this.#dice.chance(0.8))
      void this.#house.act(wabaId, { kind: "signup_finished", as: "unknown" });
    for (const webhook of webhooks) this.#tell(deliveredOf(webhook));
  }

  #tell(webhook: Webhook): void {
    const way = this.#wire.send(webhook);
    this.#note("webhook", () => `${webhook.event}${webhook.isOurs ? "" : " (foreign or forged)"}: ${way}`);
  }

  #begin(kind: Trouble, ms: number): void {
    this.#note("trouble", () => `${kind}, ${ms / 1000} s`);
    const mine = { kind, share: this.#dice.pick([1, 0.5]) };
    this.#meta.trouble = mine;
    if (kind === "no_network") this.#oursUntil = Math.max(this.#oursUntil, this.#time.now() + ms + SWEEP_MS);
    this.#later(ms, () => {
      if (this.#meta.trouble === mine) this.#meta.trouble = null;
    });
  }

  #kill(statements: number, downMs: number): void {
    if (!this.#house.isUp) return;
    this.#note("kill", () => `after ${statements} statements, down for ${downMs / 1000} s`);
    // Its lease (30 s) outlives it.
    this.#oursUntil = Math.max(this.#oursUntil, this.#time.now() + downMs + 2000 + 31_000 + SWEEP_MS);
    void this.#house.kill(statements);
    this.#later(2500 + downMs, () => void this.#startAgain());
  }

  async #startAgain(): Promise<void> {
    this.#house = new House(this.#parts);
    this.#gates.clear();
    await this.#traffic.during(() => this.#house.start());
  }

  #later(ms: number, run: () => void): void {
    this.#time.at(this.#time.now() + ms, run);
    this.#endAt = Math.max(this.#endAt, this.#time.now() + ms + 1000);
  }

  #arrived({ webhook, entryTimeS, copy }: Delivery, status: number): void {
    this.#note("arrives", () => `${webhook.event}, copy ${copy}, of ${iso(entryTimeS * 1000)}: ${status}`);
    if (status !== 200) return;
    this.#acceptedCount += 1;
    const wabaId = webhook.about?.kind;
    if (wabaId === undefined || webhook.closes === null) return;
    const now = this.#time.now();
    this.#announcedAt.set(wabaId, now);
    const lostAt = this.#truth(wabaId);
    if (webhook.closes === "Shared" && !isFullyShared(lostAt)) this.#demandClosed(wabaId, now);
  }

  /** An announced loss that lasts is closed within its bound, unless something of ours was not well. */
  #demandClosed(wabaId: string, receivedAt: number): void {
    this.#time.at(receivedAt + ANNOUNCED_BOUND_MS, () => {
      const line = this.#truths.get(wabaId) as TruthLine;
      const wasBack = line.wasEver(receivedAt - LAG_MS, this.#time.now(), isFullyShared);
      if (wasBack || this.#oursUntil > receivedAt || !this.#house.isUp) return;
      for (const phoneNumberId of Object.keys(line.now.numbers))
        if (this.#house.gate.findByPhone(phoneNumberId)?.verdict.decision === "open")
          this.violations.push(`announced loss of ${wabaId}: ${phoneNumberId} still open`);
    });
  }

  async #settle(): Promise<void> {
    await this.#traffic.settled();
    if (this.#house.isUp) this.#watchGates();
  }

  /** No gate closes without a loss, a dead token, or an announcement. */
  #watchGates(): void {
    const now = this.#time.now();
    for (const [wabaId, line] of this.#truths)
      for (const phoneNumberId of Object.keys(line.now.numbers)) {
        const decision = this.#house.gate.findByPhone(phoneNumberId)?.verdict.decision ?? "none";
        const was = this.#gates.get(phoneNumberId);
        if (was === decision) continue;
        this.#gates.set(phoneNumberId, decision);
        this.#digest += `${now - START} ${phoneNumberId} ${decision};`;
        this.#note("gate", () => `${phoneNumberId} ${was ?? ""} -> ${decision}`);
        if (was !== "open" || decision !== "closed") continue;
        const isBorneOut =
          line.wasEver(now - 15_000, now, (truth) => !maySend(truth, phoneNumberId) || !truth.tokenAlive) ||
          now - (this.#announcedAt.get(wabaId) ?? 0) < 60_000;
        if (!isBorneOut) this.violations.push(`${phoneNumberId} closed without evidence`);
      }
  }

  async #judgeEnd(): Promise<void> {
    const { db } = this.#database;
    const now = this.#time.now();
    const shares = await readGatedShares(db, "", 100);
    const names = await db.query<{ owner_id: string; meta_id: string }>(
      "select owner_id, meta_id from meta_id where type = 'waba'",
    );
    for (const share of shares) {
      const wabaId = names.find((name) => name.owner_id === share.assetId)?.meta_id ?? "";
      this.#judgeShare(share, wabaId, now);
    }
    const rows = await db.query<{ outcome: string | null }>("select outcome from inbox");
    const lost = this.#acceptedCount - rows.filter((row) => row.outcome === "understood").length;
    // A process that was killed after the commit and before the answer leaves one more than Meta knows of.
    if (lost > 0) this.violations.push(`${lost} webhooks that were answered 200 were not taken`);
    if (rows.some((row) => row.outcome === null)) this.violations.push("a webhook still waits");
  }

  #judgeShare({ memory }: ShareRow, wabaId: string, now: number): void {
    const truth = this.#truth(wabaId);
    const derived = derive(memory, now);
    // No look can prove the companion link: a lost webhook about it is known to nobody.
    const isCompanions = Object.values(derived.numbers).some(
      (one) => one.reason?.startsWith("companion") === true,
    );
    const expected = expectedOf(truth, memory, Object.keys(truth.numbers));
    if (derived.status !== expected && !(wabaId === COEXISTENCE_WABA && isCompanions))
      this.violations.push(`at the end ${wabaId} is ${derived.status}, and the truth is ${expected}`);
    for (const [numberId, number] of Object.entries(derived.numbers)) {
      const told = this.#house.gate.find(numberId)?.verdict.decision;
      if (told !== number.gate)
        this.violations.push(`the gate of ${numberId} says ${told}, the share ${number.gate}`);
    }
  }

  #note(what: string, text: () => string): void {
    this.#trace?.push(`${iso(this.#time.now())}  ${what.padEnd(8)} ${text()}`);
  }
}
