/**
 * Brings webhooks to their apps. Only a 200 counts; anything else is repeated by this world's clock. What is
 * under way is part of the world, so a restart goes on with it. The first attempt is made at once; a frozen
 * clock holds back repetitions and delays only. Where updates are collected (knob `batch_size`), one delivery
 * carries several of them.
 */
import type { Timer } from "../../lib/clock.ts";
import type { EmulatorClock } from "../world/emulator-clock.ts";
import type { Journal } from "../world/journal.ts";
import { nextCount } from "../world/world.ts";
import type { World } from "../world/world.ts";
import type { WorldStore } from "../world/world-store.ts";
import type { OutboxItem } from "../world/outbox-item.ts";
import { envelopeOf } from "../world/envelope.ts";
import { addressOf, entryOf } from "./payloads.ts";
import type { Webhook } from "./payloads.ts";
import { WebhookWire } from "./post-webhook.ts";
import type { PostOutcome } from "./post-webhook.ts";
import { nextAttemptAt } from "./retry-profile.ts";
import { escapedJsonOf, signatureOf } from "./signature.ts";

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
  readonly wire = new WebhookWire();
  private readonly store: WorldStore;
  private readonly clock: EmulatorClock;
  private readonly journal: Journal;
  private readonly underWay = new Set<Promise<unknown>>();
  private readonly timers = new Map<OutboxItem, Timer>();
  /** Deliveries that still take updates, by app and address. */
  private readonly open = new Map<string, OutboxItem>();
  /** Attempts of an earlier world, or after the stop, must not touch this one. */
  private generation = 0;

  constructor(store: WorldStore, clock: EmulatorClock, journal: Journal) {
    this.store = store;
    this.clock = clock;
    this.journal = journal;
  }

  /**
   * Puts webhooks on their way and answers their ids, in the order in which they happened. What nobody hears
   * has no id.
   */
  send(webhooks: Webhook[], options: SendOptions = {}): string[] {
    const ids: string[] = [];
    const items = webhooks
      .filter((webhook) => webhook.appIds.length > 0)
      .flatMap((webhook) => {
        const id = `wh_${nextCount(this.world, "webhook")}`;
        ids.push(id);
        return this.itemsOf(id, webhook, options);
      });
    if (options.order === "reversed") items.reverse();
    if (this.isCollected(options)) for (const item of items) this.collect(item);
    else this.dispatch(items, options);
    this.store.touched();
    return ids;
  }

  /** Goes on with what an earlier run left in the outbox. */
  resume(): void {
    for (const item of Object.values(this.world.outbox)) this.schedule(item);
  }

  /** Forgets timers and attempts; the outbox itself belongs to the world that replaces this one. */
  forget(): void {
    this.generation += 1;
    for (const timer of this.timers.values()) timer.cancel();
    this.timers.clear();
    this.open.clear();
  }

  /** Resolves when no attempt is under way, or after `atMostMs` of wall-clock time; answers which. */
  async idle(atMostMs: number): Promise<boolean> {
    if (!this.busy) return true;
    let over = false;
    const limit = this.clock.pause(atMostMs).then(() => (over = true));
    while (this.busy && !over) await Promise.race([limit, Promise.all([...this.underWay])]);
    return !this.busy;
  }

  /** What waits for its time on this world's clock: delayed ones, and those that are to be repeated. */
  get waiting(): { webhook_id: string; attempt: number; at: number }[] {
    return [...this.timers.keys()]
      .map(({ webhookId, attemptCount, nextAt }) => ({
        webhook_id: webhookId,
        attempt: attemptCount + 1,
        at: nextAt,
      }))
      .sort((a, b) => a.at - b.at);
  }

  get busy(): boolean {
    return this.underWay.size > 0;
  }

  async stop(): Promise<void> {
    this.forget();
    await this.wire.stop();
    await Promise.allSettled([...this.underWay]);
  }

  private get world(): World {
    return this.store.world;
  }

  private itemsOf(id: string, webhook: Webhook, options: SendOptions): OutboxItem[] {
    const entry = entryOf(
      { ...webhook, entryId: options.entry_id ?? webhook.entryId },
      this.world.knobs.include_values,
    );
    const body = escapedJsonOf(envelopeOf([entry]));
    const now = this.clock.now();
    const copies = Array.from({ length: options.duplicates ?? 1 }, (_, index) => index + 1);
    return webhook.appIds.flatMap((appId) =>
      copies.map((copy) => ({
        key: `${id}/${appId}/${copy}`,
        webhookId: id,
        furtherIds: [],
        copy,
        appId,
        otherAppIds: webhook.appIds.filter((other) => other !== appId),
        url: addressOf(this.world, webhook, appId),
        body,
        entries: [entry],
        wrongSignature: options.signature === "wrong",
        bornAt: now,
        attemptCount: 0,
        nextAt: now + (options.delay_ms ?? 0),
      })),
    );
  }

  /** Whoever says how a webhook is to be sent wants to see that one alone. */
  private isCollected(options: SendOptions): boolean {
    return this.world.knobs.batch_size > 1 && Object.keys(options).length === 0;
  }

  private dispatch(items: OutboxItem[], options: SendOptions): void {
    for (const item of items) {
      item.entries = [];
      this.world.outbox[item.key] = item;
    }
    if (options.delay_ms) {
      for (const item of items) this.schedule(item);
      return;
    }
    // To one app in order, to several at the same time: Meta's deliveries are concurrent.
    for (const appItems of Map.groupBy(items, (item) => item.appId).values()) {
      this.track(this.attemptInOrder(appItems));
    }
  }

  private collect(item: OutboxItem): void {
    const address = `${item.appId} ${item.url}`;
    const open = this.open.get(address);
    if (!open) {
      this.open.set(address, item);
      this.world.outbox[item.key] = item;
      item.nextAt += this.world.knobs.batch_window_ms;
      return this.schedule(item);
    }
    open.entries.push(...item.entries);
    open.furtherIds.push(item.webhookId);
    open.body = "";
    if (open.entries.length < this.world.knobs.batch_size) return;
    this.timers.get(open)?.cancel();
    this.timers.delete(open);
    this.track(this.attempt(open));
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
    const address = `${item.appId} ${item.url}`;
    if (this.open.get(address) === item) this.open.delete(address);
    if (item.body === "") item.body = escapedJsonOf(envelopeOf(item.entries));
    item.entries = [];
    const isRepetition = item.attemptCount > 0;
    item.attemptCount += 1;
    if (isRepetition) this.repeatForOthers(item);
    const generation = this.generation;
    const outcome = await this.deliver(item);
    if (generation !== this.generation) return;
    this.conclude(item, outcome.status === 200);
    this.store.touched();
  }

  /**
   * A repetition goes to all subscribed apps; those that took the webhook get it once more. Source: "Webhooks
   * overview".
   */
  private repeatForOthers(item: OutboxItem): void {
    if (!this.world.knobs.retry_to_all_apps) return;
    for (const appId of item.otherAppIds) {
      const stillTried = this.world.outbox[`${item.webhookId}/${appId}/${item.copy}`];
      const url = this.world.apps[appId]?.callbackUrl ?? null;
      if (!stillTried && url) this.track(this.deliver({ ...item, appId, url }).then(() => undefined));
    }
  }

  private async deliver(item: OutboxItem): Promise<PostOutcome> {
    const generation = this.generation;
    const at = this.clock.now();
    const headers = this.headersOf(item);
    const outcome = item.url
      ? await this.wire.post(item.url, headers, item.body)
      : { status: null, error: "no callback URL is set" };
    if (generation !== this.generation) return outcome;
    this.journal.deliveries.append({
      at: new Date(at).toISOString(),
      webhook_id: item.webhookId,
      ...(item.furtherIds.length > 0 && { further_webhook_ids: item.furtherIds }),
      attempt: item.attemptCount,
      copy: item.copy,
      app_id: item.appId,
      url: item.url,
      headers,
      body: item.body,
      ...outcome,
    });
    return outcome;
  }

  private conclude(item: OutboxItem, accepted: boolean): void {
    const mayRepeat = !accepted && !item.wrongSignature && item.url !== null;
    const nextAt = mayRepeat ? nextAttemptAt(this.world.knobs.retry_profile, item, this.clock.now()) : null;
    if (nextAt === null) {
      delete this.world.outbox[item.key];
      return;
    }
    item.nextAt = nextAt;
    this.schedule(item);
  }

  private headersOf(item: OutboxItem): Record<string, string> {
    const secret = this.world.apps[item.appId]?.secret ?? "";
    return {
      "content-type": "application/json",
      "user-agent": "facebookexternalua",
      "x-hub-signature-256": signatureOf(item.body, item.wrongSignature ? `not ${secret}` : secret),
    };
  }
}
