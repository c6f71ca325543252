/**
 * Random interleavings of two people who sign up at once: signup events in any order and twice, and webhooks
 * before, during and after. The client removes the share again, also between two calls to Meta. Two instances
 * run at once, a page gives up too early, and a browser lies about the WABA. The process dies at any call to
 * Meta and does nothing more, so that its lease stays.
 *
 * In every history: never a second client, never another WABA, never a token in another's place, never an
 * open gate without proof, and the signup is always finished or explained.
 */
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findOwnerId } from "../../src/directory/meta-id-store.ts";
import { advanceSignups } from "../../src/onboarding/signup/advance-signups.ts";
import { abandonSignup } from "../../src/onboarding/signup/abandon-signup.ts";
import { beginAttempt } from "../../src/onboarding/signup/begin-attempt.ts";
import { openSignup } from "../../src/onboarding/signup/open-signup.ts";
import { recordSignupEvent, type SignupEvent } from "../../src/onboarding/signup/record-signup-event.ts";
import { readAttempts } from "../../src/onboarding/signup/signup-attempt-store.ts";
import type { SignupDeps } from "../../src/onboarding/signup-deps.ts";
import { CODE_LIVES_MS } from "../../src/onboarding/signup/signup.ts";
import { findSignup } from "../../src/onboarding/signup/signup-store.ts";
import type { GraphClient } from "../../src/meta/graph-client.ts";
import { findShare } from "../../src/sharing/record/share-store.ts";
import { stateOf } from "../../src/sharing/status/share-state.ts";
import { verifyShare } from "../../src/sharing/probe/verify-share.ts";
import { EXAMPLES, step, type Step } from "./signup-steps.ts";
import { control, app, LIE, openWorld, OTHER_WABA, takeInLost, tell, tokenOf } from "./signup-world.ts";

beforeAll(openWorld, 60_000);
afterAll(() => app.stop());

/** Histories in CI, those above among them; more with SIGNUP_HISTORIES. */
const HISTORY_COUNT = Number(process.env.SIGNUP_HISTORIES ?? 15);

test(
  "every interleaving ends finished or explained, with one client, the right WABA and a proven gate",
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.boolean(),
        fc.array(step, { minLength: 6, maxLength: 24 }),
        async (isRepair, steps) => {
          const history = await History.begin(isRepair);
          for (const each of steps) await history.take(each);
          await history.settle();
          await history.judge();
        },
      ),
      {
        numRuns: HISTORY_COUNT,
        seed: Number(process.env.SIGNUP_SEED ?? 20261122),
        examples: EXAMPLES,
        endOnFailure: HISTORY_COUNT > 15,
      },
    );
  },
  90_000 + HISTORY_COUNT * 3000,
);

class Death extends Error {}

interface Attempt {
  id: string;
  code: string | null;
  event: Record<string, unknown> | null;
  finishedAt: number;
}

class History {
  readonly #wabaId: string;
  readonly #businessId: string;
  readonly #numberId: string;
  readonly #signupId: string;
  readonly #isRepair: boolean;
  readonly #attempts = new Map<number, Attempt>();
  #dying: { calls: number; answered: boolean } | null = null;
  #cutAfter: number | null = null;
  #wasCut = false;
  readonly #safeCodes = new Set<string>();
  #wasOpen = false;
  #otherWasChosen = false;
  #otherToken: string | null = null;

  private constructor(ids: {
    wabaId: string;
    businessId: string;
    numberId: string;
    signupId: string;
    isRepair: boolean;
  }) {
    this.#wabaId = ids.wabaId;
    this.#businessId = ids.businessId;
    this.#numberId = ids.numberId;
    this.#signupId = ids.signupId;
    this.#isRepair = ids.isRepair;
  }

  /** A client of its own: known and lost in a repair, unknown otherwise. */
  static async begin(isRepair: boolean): Promise<History> {
    const name = `Client ${String((clientCount += 1))}`;
    const made = await control("POST", "/signup", {
      new_business: { name },
      new_waba: { name },
      new_phone: { display_phone_number: `+1 555 ${String(2_000_000 + clientCount)}`, verified_name: name },
      silent: true,
    });
    const wabaId = String(made.waba_id);
    await app.emulator.act({ action: "partner.remove", waba_id: wabaId, silent: true });
    const expectedAssetId = isRepair ? await takeInLost(wabaId) : null;
    const opened = await openSignup(app.signups, {
      wish: {
        connectionId: "default",
        expectedAssetId,
        linkId: null,
        flow: "platform",
        clientChoosesFlow: false,
        externalId: null,
        metadata: {},
        returnUrls: {},
        language: null,
      },
      actor: "test",
    });
    if (opened.kind !== "opened") throw new Error(opened.kind);
    const ids = { wabaId, businessId: String(made.business_id), numberId: String(made.phone_number_id) };
    const history = new History({ ...ids, signupId: opened.signup.id, isRepair });
    history.#otherToken = await tokenOf(OTHER_WABA);
    return history;
  }

  /** Only here the process may die. The next instance continues its work. */
  async take(each: Step): Promise<void> {
    try {
      await this.#act(each);
    } catch (error) {
      if (!(error instanceof Death)) throw error;
      this.#dying = null;
    }
    await this.#checkGate();
    this.#wasCut = false;
  }

  async #act(each: Step): Promise<void> {
    const deps = this.#mortal();
    const signup = await findSignup(app.deps.db, this.#signupId);
    if (signup === undefined) throw new Error("the signup is gone");
    switch (each.do) {
      case "begin": {
        const attempt = await beginAttempt(deps, signup);
        if (attempt !== null)
          this.#attempts.set(each.person, { id: attempt.id, code: null, event: null, finishedAt: 0 });
        return;
      }
      case "finish":
        return this.#finish(each.person, { waba_id: this.#wabaId, phone_number_id: this.#numberId });
      case "finish_other":
        this.#otherWasChosen ||= this.#attempts.get(each.person)?.code === null;
        return this.#finish(each.person, { waba_id: OTHER_WABA, phone_number_id: "200000000000001" });
      case "code":
        return this.#half(deps, each.person, "code");
      case "message":
        return this.#half(deps, each.person, "message");
      case "gave_up":
        return this.#send(deps, each.person, { type: "exit", code: "timed_out" });
      case "lie":
        return this.#send(deps, each.person, { type: "session", message: LIE });
      case "race": {
        // Both instances are alive: only a single instance may die.
        this.#dying = null;
        const instances = [this.#mortal(), this.#mortal()];
        const loops = instances.map((instance) => advanceSignups(instance));
        await Promise.all([this.#half(deps, each.person, "code"), ...loops]);
        return;
      }
      case "cut":
        this.#cutAfter = each.calls;
        return;
      case "loop":
        return void (await advanceSignups(deps));
      case "probe": {
        const assetId = await this.#assetId();
        if (assetId !== undefined) await verifyShare(deps, { assetId, trigger: "due" });
        return;
      }
      case "told_added":
        return tell(this.#wabaId, this.#businessId, "PARTNER_ADDED");
      case "told_removed":
        return tell(this.#wabaId, this.#businessId, "PARTNER_REMOVED");
      case "removed":
      case "reduced": {
        const action = each.do === "removed" ? "partner.remove" : "partner.reduce";
        const tasks = each.do === "removed" ? {} : { tasks: ["MESSAGING"] };
        // Meta's screens refuse to remove a missing share.
        await app.emulator
          .act({ action, waba_id: this.#wabaId, silent: true, ...tasks })
          .catch(() => undefined);
        return;
      }
      case "pass":
        await control("POST", "/clock", { advance_ms: each.seconds * 1000 });
        return;
      case "die":
        this.#dying = { calls: each.calls, answered: each.answered };
    }
  }

  async #finish(who: number, choice: object): Promise<void> {
    const attempt = this.#attempts.get(who);
    if (attempt === undefined || attempt.code !== null) return;
    const done = await control("POST", "/signup", { ...choice, silent: true });
    attempt.code = String(done.code);
    attempt.finishedAt = app.deps.clock.now();
    attempt.event = done.event as Record<string, unknown>;
  }

  async #half(deps: SignupDeps, who: number, which: "code" | "message"): Promise<void> {
    const attempt = this.#attempts.get(who);
    if (attempt === undefined || attempt.code === null) return;
    const half =
      which === "code"
        ? { type: "code" as const, code: attempt.code }
        : { type: "session" as const, message: attempt.event };
    const isYoung = app.deps.clock.now() - attempt.finishedAt < CODE_LIVES_MS;
    await recordSignupEvent(deps, { signupId: this.#signupId, attemptId: attempt.id, signupEvent: half });
    // It was taken in time and no process died, so it cannot be lost any more.
    if (which === "code" && isYoung) this.#safeCodes.add(attempt.id);
  }

  async #send(deps: SignupDeps, who: number, half: SignupEvent): Promise<void> {
    const attempt = this.#attempts.get(who);
    if (attempt !== undefined)
      await recordSignupEvent(deps, { signupId: this.#signupId, attemptId: attempt.id, signupEvent: half });
  }

  /** The client's action between two calls to Meta. */
  async #cut(): Promise<void> {
    if (this.#cutAfter === null || (this.#cutAfter -= 1) > 0) return;
    this.#cutAfter = null;
    this.#wasCut = true;
    const action = { action: "partner.remove", waba_id: this.#wabaId, silent: true };
    await app.emulator.act(action).catch(() => undefined);
  }

  /**
   * The test app, with a Graph client on which the process may die. Then it writes nothing more, and its
   * leases stay.
   */
  #mortal(): SignupDeps {
    const account = app.signups.accountOf("default");
    if (account === undefined) throw new Error("no account");
    let isDead = false;
    const die = (): never => {
      isDead = true;
      throw new Death();
    };
    const db = new Proxy(app.signups.db, {
      get: (real, name) => (isDead ? die() : (Reflect.get(real, name, real) as unknown)),
    });
    const graph: GraphClient = {
      ...account.graph,
      ask: async (request) => {
        await this.#cut();
        if (this.#dying !== null) this.#dying.calls -= 1;
        const isLast = this.#dying !== null && this.#dying.calls <= 0;
        if (isLast && this.#dying?.answered === false) die();
        const reply = await account.graph.ask(request);
        return isLast ? die() : reply;
      },
    };
    return { ...app.signups, db, accountOf: () => ({ ...account, graph }) };
  }

  #assetId(): Promise<string | undefined> {
    return findOwnerId(app.deps.db, "default", "waba", this.#wabaId);
  }

  async #truth(): Promise<boolean> {
    const world = await control("GET", "/state");
    const wabas = world.wabas as { id: string; partners: { business_id: string; full_control: boolean }[] }[];
    const waba = wabas.find(({ id }) => id === this.#wabaId);
    const ours = waba?.partners.find(({ business_id }) => business_id === app.config.partnerBusinessId);
    return ours?.full_control ?? false;
  }

  /**
   * A gate that has opened did so while the client shared. The steps come one after the other, so the truth
   * is of the same instant.
   */
  async #checkGate(): Promise<void> {
    const assetId = await this.#assetId();
    const share = assetId === undefined ? undefined : await findShare(app.deps.db, assetId);
    const isOpen = share !== undefined && stateOf(share.record, app.deps.clock.now()).gate === "open";
    if (isOpen && !this.#wasOpen && !this.#wasCut)
      expect(await this.#truth(), "the gate opened while nothing was shared").toBe(true);
    this.#wasOpen = isOpen;
  }

  /** Time passes, the loop runs, probes are made, until nothing more can happen by itself. */
  async settle(): Promise<void> {
    this.#dying = null;
    this.#cutAfter = null;
    for (let round = 0; round < 8; round += 1) {
      await control("POST", "/clock", { advance_ms: round < 4 ? 6000 : 40_000 });
      await advanceSignups(app.signups);
      const assetId = await this.#assetId();
      if (assetId !== undefined) await verifyShare(app.deps, { assetId, trigger: "due" });
      await this.#checkGate();
    }
  }

  async judge(): Promise<void> {
    const { db, clock } = app.deps;
    const clients = await db.query("select 1 from meta_id where type = 'business' and meta_id = $1", [
      this.#businessId,
    ]);
    expect(clients.length, "clients of one portfolio").toBeLessThanOrEqual(1);
    const wabas = await db.query("select 1 from meta_id where type = 'waba' and meta_id = $1", [
      this.#wabaId,
    ]);
    expect(wabas.length, "our WABAs for one of Meta's").toBeLessThanOrEqual(1);
    const signup = await findSignup(db, this.#signupId);
    if (signup === undefined) throw new Error("the signup is gone");
    const assetId = await this.#assetId();
    if (signup.assetId !== null && this.#isRepair) expect(signup.assetId).toBe(assetId);
    const other = await findOwnerId(db, "default", "waba", OTHER_WABA);
    if (this.#isRepair) expect(signup.assetId, "a repair is never about another WABA").not.toBe(other);
    if (this.#isRepair || !this.#otherWasChosen)
      expect(await tokenOf(OTHER_WABA), "another client's token").toBe(this.#otherToken);
    await this.#isExplained(signup.id);
    const share = assetId === undefined ? undefined : await findShare(db, assetId);
    if (share !== undefined && share.record.adoption === "adopted") {
      const { gate } = stateOf(share.record, clock.now());
      expect(gate, "after it has settled the gate agrees with the share").toBe(
        (await this.#truth()) ? "open" : "closed",
      );
    }
    await abandonSignup(app.signups, signup.id);
  }

  /**
   * Finished; or its newest attempt says how it ended; or a step names what it waits for; or nobody has
   * finished the dialog.
   */
  async #isExplained(signupId: string): Promise<void> {
    const signup = await findSignup(app.deps.db, signupId);
    const attempts = await readAttempts(app.deps.db, [signupId]);
    for (const { id, outcome } of attempts.filter((attempt) => this.#safeCodes.has(attempt.id)))
      expect(["code_expired", "code_used", "timed_out"], `the code of ${id} is lost`).not.toContain(outcome);
    for (const attempt of attempts.filter(({ codeAt }) => codeAt !== null))
      expect(attempt.outcome, `attempt ${attempt.id} neither ended nor finished`).not.toBeNull();
    if (signup?.state === "signed" || signup?.state === "proving") {
      const open = Object.values(signup.steps).some(({ status }) => status === "waiting");
      expect(open || !(await this.#truth()), "a signup whose share is intact continues").toBe(true);
      if (await this.#truth()) expect.fail(`the share stands and the signup is ${signup.state}`);
    }
  }
}

let clientCount = 0;
