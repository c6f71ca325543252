import { pino } from "pino";
import { alertMessage } from "./alert-message.ts";
import { createTestApp, type TestApp } from "./create-test-app.ts";
import type { AlertMessage } from "../../src/alerting/alert-message.ts";
import type { AlertChannel, ChannelAddress } from "../../src/alerting/channels/alert-channel.ts";
import { findChannel, saveChannel } from "../../src/alerting/channels/channel-store.ts";
import { createAlertSender, type AlertSender } from "../../src/alerting/channels/create-alert-sender.ts";
import type { Database } from "../../src/database/database.ts";
import { judgeAnswer } from "../../src/delivery/judge-answer.ts";
import type { Attempt, WebhookRequest } from "../../src/delivery/open-webhook-wire.ts";
import { systemRandom } from "../../src/lib/random.ts";
import type { Mailer } from "../../src/mail/open-mailer.ts";

const HOOK = "https://hooks.slack.com/services/T0001/B0001/";

interface KeptNotification {
  state: string;
  detail: string | null;
  recipient: string;
  attempt_count: number;
  next_attempt_at: Date | null;
  ended_at: Date | null;
}

/**
 * What sends alerts, over a real database, to receivers whose answers the test gives. Its time stands still
 * unless the test moves it.
 */
export class AlertDesk {
  readonly #app: TestApp;
  now = 0;
  /** Every request so far. */
  sent: WebhookRequest[] = [];
  answer: (request: WebhookRequest) => Promise<Partial<Attempt>> = () => Promise.resolve({});
  mailed: Mailer["send"] = () => Promise.resolve({ outcome: "sent", detail: "250 taken", tookMs: 1 });
  sender: AlertSender;

  constructor(app: TestApp) {
    this.#app = app;
    this.sender = this.makeSender();
  }

  get db(): Database {
    return this.#app.database.db;
  }

  /** Without channels and alerts; every receiver takes everything. */
  async clear(): Promise<void> {
    await this.db.query("delete from alert");
    await this.db.query("delete from alert_channel");
    this.now = this.#app.deps.clock.now();
    this.answer = () => Promise.resolve(this.of(200, "ok"));
    this.mailed = () => Promise.resolve({ outcome: "sent", detail: "250 taken", tookMs: 1 });
    this.sent = [];
    this.sender = this.makeSender();
  }

  stop(): Promise<void> {
    return this.#app.stop();
  }

  /** What a receiver's answer means. */
  of(status: number, answerBody: string, headers: Record<string, string> = {}): Partial<Attempt> {
    return { ...judgeAnswer(status, headers, this.now), status, answerBody };
  }

  /** Another instance. */
  makeSender(): AlertSender {
    const { keyring, clock } = this.#app.deps;
    return createAlertSender({
      ...{ db: this.db, keyring, random: systemRandom, clock: { ...clock, now: () => this.now } },
      log: pino({ level: "silent" }),
      mailer: { isSetUp: true, send: (mail) => this.mailed(mail), close: () => Promise.resolve() },
      mailLimitMs: 120_000,
      wire: { send: (request) => this.#receive(request), close: () => Promise.resolve() },
      wake: () => undefined,
    });
  }

  async #receive(request: WebhookRequest): Promise<Attempt> {
    this.sent.push(request);
    const nothing = { detail: null, answerHeaders: null, answerBody: null, control: "none" } as const;
    const usual = { at: this.now, tookMs: 1, status: null, outcome: "delivered", wishMs: 0 } as const;
    return { ...nothing, ...usual, ...(await this.answer(request)) };
  }

  /** A turn, and the end of what it began. */
  async turn(sender = this.sender): Promise<number | void> {
    const next = await sender.turn();
    await sender.drain();
    return next;
  }

  /** A channel of Slack, unless the test wishes another. */
  async channel(id: string, wish: Partial<ChannelAddress> = {}): Promise<string> {
    const address = { type: "slack", settings: { url: HOOK + id }, ...wish } as ChannelAddress;
    const made = { id, name: id, type: address.type, state: "enabled", failingSince: null } as const;
    const rest = { lastFailure: null, version: 1, createdAt: this.now, createdBy: "test" };
    await saveChannel(this.db, this.#app.deps.keyring, { ...made, ...rest }, address);
    return id;
  }

  /** A message that somebody has decided to send. */
  async plan(
    id: string,
    channelId: string,
    kind: AlertMessage["kind"] = "opened",
    { alertId = "alr_one", plannedAt = this.now, title = id } = {},
  ): Promise<void> {
    const at = new Date(plannedAt).toISOString();
    const alert = { id: alertId, rule: "share_lost", severity: "critical", cause: "partner_removed" };
    await this.db.query(
      "insert into alert select * from jsonb_populate_record(null::alert, $1) on conflict do nothing",
      [{ ...alert, state: "firing", observed: false, told_count: 0, started_at: at, last_signal_at: at }],
    );
    await this.db.query(
      `insert into alert_notification (id, alert_id, channel_id, recipient, kind, why, message, planned_at,
         state, next_attempt_at) values ($1, $2, $3, 'planned', $4, 'test', $5, $6, 'pending', $6)`,
      [id, alertId, channelId, kind, alertMessage({ id, alertId, kind, title }), new Date(plannedAt)],
    );
  }

  async kept(id: string): Promise<KeptNotification> {
    const [row] = await this.db.query<KeptNotification>("select * from alert_notification where id = $1", [
      id,
    ]);
    if (row === undefined) throw new Error(`no notification ${id}`);
    return row;
  }

  health(id: string): Promise<AlertChannel | undefined> {
    return findChannel(this.db, id);
  }

  /** Of the messages that Slack got, in their order. */
  titles(): string[] {
    return this.sent.map(({ body }) => (JSON.parse(body) as { text: string }).text.replace(/^\S+ /, ""));
  }
}

export const openAlertDesk = async (): Promise<AlertDesk> => new AlertDesk(await createTestApp());
