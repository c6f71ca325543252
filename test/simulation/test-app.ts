import { createHmac } from "node:crypto";
import type { Database } from "../../src/database/database.ts";
import { openKeyring } from "../../src/credentials/open-keyring.ts";
import { findOwnerId } from "../../src/directory/meta-id-store.ts";
import { openInboxQueue, receiveWebhook, type InboxQueue } from "../../src/inbox/receive-webhook.ts";
import type { Clock } from "../../src/lib/clock.ts";
import type { Keyring } from "../../src/lib/keyring.ts";
import { startLoop, type Loop } from "../../src/lib/loop.ts";
import type { Random } from "../../src/lib/random.ts";
import { verifySignature } from "../../src/meta/signature.ts";
import { saveWabaTerms, type WabaTerms } from "../../src/onboarding/terms/save-waba-terms.ts";
import { recordCompanions } from "../../src/coexistence/record-companions.ts";
import { recordTransitions } from "../../src/recovery/record-transitions.ts";
import { checkShare } from "../../src/sharing/probe/check-share.ts";
import { GateCache } from "../../src/sharing/gate/gate-cache.ts";
import type { MetaAccount } from "../../src/sharing/probe/meta-account.ts";
import { createRefusedFields } from "../../src/sharing/probe/refused-fields.ts";
import { openProbeBudget } from "../../src/sharing/budget/open-probe-budget.ts";
import type { Command } from "../../src/sharing/rules/observe-command.ts";
import { processInbox } from "../../src/sharing/record/process-inbox.ts";
import { recordEpisodes } from "../../src/sharing/episodes/record-episodes.ts";
import { recordObservation, SYSTEM } from "../../src/sharing/record/record-observation.ts";
import { createSweeper } from "../../src/sharing/probe/sweep-shares.ts";
import type { VerifyDeps } from "../../src/sharing/probe/verify-share.ts";
import { watchTrouble } from "../../src/sharing/incidents/watch-trouble.ts";
import { reconcileShared } from "../../src/sharing/reconcile/reconcile-shared.ts";
import { APP_SECRET, TOKEN, type EmulatedMeta } from "./emulated-meta.ts";
import { FragileDatabase, KilledError, type Traffic } from "./fragile-database.ts";
import { APP, BUSINESS, SYSTEM_USER } from "./model-meta.ts";
import { bodyOf, type Delivery } from "./webhook.ts";

export interface AppParts {
  /** Which of the instances it is. */
  name: string;
  db: Database;
  traffic: Traffic;
  clock: Clock;
  random: Random;
  meta: EmulatedMeta;
  sweepPeriodMs: number;
  /** An error that no kill explains. */
  failed(error: unknown): void;
}

/** Our own account at Meta. */
export const ACCOUNT = {
  connectionId: "default",
  businessId: BUSINESS,
  appId: APP,
  systemUserId: SYSTEM_USER,
  token: TOKEN,
};
const ENCRYPTION_KEY = Buffer.alloc(32, 7);
/** A lost wake-up costs no more than this. */
const POLL_MS = 5000;
const LINK_LIFETIME_MS = 14 * 86_400_000;

const unopened = (): never => {
  throw new Error("this process has not started");
};
/** Before the start opens the real one. */
const UNOPENED: Keyring = { seal: unopened, open: unopened };

/**
 * One process of the server: its own connection, its gate in memory, its loops. It can be killed before any
 * statement.
 */
export class TestApp {
  readonly name: string;
  readonly db: FragileDatabase;
  readonly deps: VerifyDeps;
  readonly account: MetaAccount;
  readonly gate: GateCache;
  readonly #parts: AppParts;
  readonly #queue: InboxQueue;
  #keyring: Keyring | null = null;
  #loops: Loop[] = [];

  constructor(parts: AppParts) {
    this.#parts = parts;
    this.name = parts.name;
    this.db = new FragileDatabase(parts.db, parts.traffic);
    const { clock, random, sweepPeriodMs } = parts;
    const ground = { db: this.db, clock, random, sweepPeriodMs };
    const budget = openProbeBudget(ground);
    const graph = parts.meta.wireOf(() => this.isUp);
    this.account = {
      ...ACCOUNT,
      graph: budget.countedGraph(graph, ACCOUNT),
      refused: createRefusedFields(),
    };
    const links = { random, reshareLinkLifetimeMs: LINK_LIFETIME_MS };
    this.deps = {
      ...ground,
      budget,
      trouble: watchTrouble(ground, {
        troubled: () => this.#wake("incidents"),
        witnessesCalled: () => this.#wake("probes"),
        opened: () => this.#wake("listing"),
        ended: () => undefined,
      }),
      accountOf: () => this.account,
      onTransitions: async (tx, turns) => {
        const made = await recordTransitions(links, tx, turns);
        await recordCompanions(tx, turns);
        return [...made, ...(await recordEpisodes(tx, turns))];
      },
      wake: () => this.#wake("probes", "gate"),
      keyring: UNOPENED,
    };
    this.gate = new GateCache(this.db, parts.clock, "360dialog");
    this.#queue = openInboxQueue({ db: this.db });
  }

  get isUp(): boolean {
    return this.#keyring !== null && !this.db.isDead;
  }

  /** It was killed, and has some statements left. */
  get isDying(): boolean {
    return this.db.statementsLeft !== Infinity;
  }

  async start(): Promise<void> {
    await this.#unlessKilled(async () => {
      const keyring = await openKeyring(this.deps, ENCRYPTION_KEY);
      this.deps.keyring = keyring;
      await this.gate.load();
      this.#keyring = keyring;
      this.#startLoops(keyring);
    });
  }

  /** Ends before its `statements`-th statement from now. */
  async kill(statements: number): Promise<void> {
    this.db.statementsLeft = statements;
    await this.#parts.clock.pause(2000);
    this.end();
  }

  /** Nothing of it happens any more. */
  end(): void {
    this.db.statementsLeft = 0;
    for (const loop of this.#loops) void loop.stop();
  }

  /** The webhook route: 200 only once it is durable. */
  async receive(delivery: Delivery): Promise<number> {
    const keyring = this.#keyring;
    if (keyring === null || this.db.isDead) return 0;
    const rawBody = bodyOf(delivery);
    const secret = delivery.webhook.isSigned ? APP_SECRET : "another secret";
    const header = `sha256=${createHmac("sha256", secret).update(rawBody).digest("hex")}`;
    if (!verifySignature(rawBody, header, [APP_SECRET])) return 401;
    try {
      await this.#parts.traffic.during(() =>
        receiveWebhook(
          { queue: this.#queue, keyring, clock: this.deps.clock },
          { connectionId: "default", rawBody },
        ),
      );
    } catch (error) {
      if (error instanceof KilledError || this.db.isDead) return 0;
      throw error;
    }
    this.#wake("inbox");
    return 200;
  }

  async check(wabaId: string): Promise<void> {
    await this.#withAsset(wabaId, (assetId) => checkShare(this.deps, { assetId, by: SYSTEM }));
  }

  async act(wabaId: string, act: Command): Promise<void> {
    await this.#withAsset(wabaId, async (assetId) => {
      await recordObservation(this.deps, {
        assetId,
        observe: { type: "command", command: act },
        note: null,
        by: SYSTEM,
      });
    });
  }

  /** An operator's command about one WABA. */
  async setTerms(wabaId: string, terms: WabaTerms): Promise<void> {
    await this.#withAsset(wabaId, async (assetId) => {
      await saveWabaTerms(this.deps, { assetId, terms, by: SYSTEM });
    });
  }

  async #withAsset(wabaId: string, work: (assetId: string) => Promise<void>): Promise<void> {
    await this.#unlessKilled(async () => {
      const assetId = await findOwnerId(this.db, "default", "waba", wabaId);
      if (assetId !== undefined) await work(assetId);
    });
  }

  #startLoops(keyring: Keyring): void {
    const sweeper = createSweeper(this.deps, {
      finished: () => this.#wake("probes"),
      failed: (_assetId, error) => this.#failed(error),
    });
    const inbox = {
      ...this.deps,
      keyring,
      identityOf: () => ({ businessId: BUSINESS, appId: APP }),
      processingFailed: (_id: string, error: unknown) => this.#failed(error),
    };
    const turns: Record<string, () => Promise<number | void>> = {
      inbox: () => processInbox(inbox),
      probes: () => sweeper.begin(),
      gate: () => this.gate.follow(),
      listing: async () => {
        await reconcileShared(this.deps, this.account);
        return this.deps.clock.now() + this.deps.sweepPeriodMs;
      },
      incidents: () => this.deps.trouble?.turn() ?? Promise.resolve(),
    };
    this.#loops = Object.entries(turns).map(([name, run]) =>
      startLoop(this.deps.clock, {
        name,
        run,
        everyMs: name === "listing" ? 3_600_000 : POLL_MS,
        failed: (error) => this.#failed(error),
      }),
    );
  }

  #wake(...names: string[]): void {
    for (const loop of this.#loops) if (names.includes(loop.name)) loop.wake();
  }

  #failed(error: unknown): void {
    if (!(error instanceof KilledError) && !this.db.isDead) this.#parts.failed(error);
  }

  async #unlessKilled(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#failed(error);
    }
  }
}
