/**
 * Brings webhooks to their addresses. Only a 200 counts; anything else is repeated after 1, 2, 4, … seconds, then hourly, for
 * 36 hours of this world's clock (the shorter of the two promises in Meta's pages). What is under way is part of the world, so
 * a restart goes on with it. The first attempt is made at once; a frozen clock holds back repetitions and delays only.
 */
import { Agent, request } from "undici";
import type { Timer } from "../../lib/clock.ts";
import type { EmulatorClock } from "../emulator-clock.ts";
import type { Journal } from "../journal.ts";
import { nextCount } from "../world.ts";
import type { WorldStore } from "../world-store.ts";
import type { OutboxItem } from "./outbox-item.ts";
import { envelopeOf } from "./payloads.ts";
import type { Webhook } from "./payloads.ts";
import { escapedJsonOf, signatureOf } from "./signature.ts";

const GIVE_UP_AFTER_MS = 36 * 3_600_000;
const LONGEST_WAIT_MS = 3_600_000;
/** Meta's pages give no limit; third parties report 5 to 10 s. */
const ANSWER_WITHIN_MS = 10_000;

/** How one action's webhooks are sent; see `webhook` in `POST /_emulator/actions`. */
export interface SendOptions {
  delay_ms?: number;
  /** Copies in all. */
  duplicates?: number;
  order?: "reversed";
  signature?: "wrong";
  entry_id?: string;
}

export class Deliveries {
  private readonly store: WorldStore;
  private readonly clock: EmulatorClock;
  private readonly journal: Journal;
  private readonly agent = new Agent({
    connect: { timeout: ANSWER_WITHIN_MS },
    headersTimeout: ANSWER_WITHIN_MS,
    bodyTimeout: ANSWER_WITHIN_MS,
  });
  private readonly underWay = new Set<Promise<unknown>>();
  private readonly timers = new Map<OutboxItem, Timer>();
  /** Attempts of an earlier world, or after the stop, must not touch this one. */
  private generation = 0;

  constructor(store: WorldStore, clock: EmulatorClock, journal: Journal) {
    this.store = store;
    this.clock = clock;
    this.journal = journal;
  }

  /** Puts webhooks on their way and answers their ids, in the order in which they happened. */
  send(webhooks: Webhook[], options: SendOptions = {}): string[] {
    const ids: string[] = [];
    const items = webhooks.flatMap((webhook) => {
      const id = `wh_${nextCount(this.store.world, "webhook")}`;
      ids.push(id);
      return this.itemsOf(id, webhook, options);
    });
    if (options.order === "reversed") items.reverse();
    this.store.world.outbox.push(...items);
    this.store.changed();
    if (options.delay_ms) for (const item of items) this.schedule(item);
    else this.track(this.attemptInOrder(items));
    return ids;
  }

  /** Goes on with what an earlier run left in the outbox. */
  resume(): void {
    for (const item of this.store.world.outbox) this.schedule(item);
  }

  /** Forgets timers and attempts; the outbox itself belongs to the world that replaces this one. */
  forget(): void {
    this.generation += 1;
    for (const timer of this.timers.values()) timer.cancel();
    this.timers.clear();
  }

  /** Resolves when no attempt is under way, or after `atMostMs` of wall-clock time. */
  async idle(atMostMs: number): Promise<void> {
    if (!this.busy) return;
    let over = false;
    const limit = this.clock.pause(atMostMs).then(() => (over = true));
    while (this.busy && !over) await Promise.race([limit, Promise.all([...this.underWay])]);
  }

  get busy(): boolean {
    return this.underWay.size > 0;
  }

  async stop(): Promise<void> {
    this.forget();
    await this.agent.destroy();
    await Promise.allSettled([...this.underWay]);
  }

  private itemsOf(id: string, webhook: Webhook, options: SendOptions): OutboxItem[] {
    const app = this.store.world.apps[webhook.appId];
    const body = escapedJsonOf(envelopeOf({ ...webhook, entryId: options.entry_id ?? webhook.entryId }));
    const now = this.clock.now();
    return Array.from({ length: options.duplicates ?? 1 }, (_, index) => ({
      webhookId: id,
      copy: index + 1,
      appId: webhook.appId,
      url: webhook.url ?? app?.callbackUrl ?? null,
      body,
      wrongSignature: options.signature === "wrong",
      bornAt: now,
      attemptCount: 0,
      nextAt: now + (options.delay_ms ?? 0),
    }));
  }

  private async attemptInOrder(items: OutboxItem[]): Promise<void> {
    for (const item of items) await this.attempt(item);
  }

  private schedule(item: OutboxItem): void {
    const timer = this.clock.at(item.nextAt, () => {
      this.timers.delete(item);
      this.track(this.attempt(item));
    });
    this.timers.set(item, timer);
  }

  private track(work: Promise<void>): void {
    this.underWay.add(work);
    void work.finally(() => this.underWay.delete(work));
  }

  private async attempt(item: OutboxItem): Promise<void> {
    const generation = this.generation;
    const at = this.clock.now();
    const headers = this.headersOf(item);
    const outcome = item.url
      ? await this.post(item.url, headers, item.body)
      : { status: null, error: "no callback URL is set" };
    if (generation !== this.generation) return;
    item.attemptCount += 1;
    this.journal.deliveries.append({
      at: new Date(at).toISOString(),
      webhook_id: item.webhookId,
      attempt: item.attemptCount,
      copy: item.copy,
      url: item.url,
      headers,
      body: item.body,
      ...outcome,
    });
    this.conclude(item, outcome.status === 200);
    this.store.changed();
  }

  private conclude(item: OutboxItem, accepted: boolean): void {
    const waitMs = Math.min(1000 * 2 ** (item.attemptCount - 1), LONGEST_WAIT_MS);
    item.nextAt = this.clock.now() + waitMs;
    const givenUp = item.wrongSignature || !item.url || item.nextAt > item.bornAt + GIVE_UP_AFTER_MS;
    if (!accepted && !givenUp) return this.schedule(item);
    const outbox = this.store.world.outbox;
    outbox.splice(outbox.indexOf(item), 1);
  }

  private headersOf(item: OutboxItem): Record<string, string> {
    const secret = this.store.world.apps[item.appId]?.secret ?? "";
    return {
      "content-type": "application/json",
      "user-agent": "facebookexternalua",
      "x-hub-signature-256": signatureOf(item.body, item.wrongSignature ? `not ${secret}` : secret),
    };
  }

  private async post(
    url: string,
    headers: Record<string, string>,
    body: string,
  ): Promise<{ status: number | null; error?: string }> {
    try {
      const answer = await request(url, { method: "POST", headers, body, dispatcher: this.agent });
      await answer.body.dump();
      return { status: answer.statusCode };
    } catch (error) {
      return { status: null, error: error instanceof Error ? error.message || error.name : String(error) };
    }
  }
}
