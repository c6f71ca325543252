import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { alertMessage } from "../../../test/support/alert-message.ts";
import { createTestApp, type TestApp } from "../../../test/support/create-test-app.ts";
import { judgeAnswer } from "../../delivery/judge-answer.ts";
import type { Attempt, WebhookRequest } from "../../delivery/open-webhook-wire.ts";
import { systemRandom } from "../../lib/random.ts";
import type { AlertMessage } from "../alert-message.ts";
import type { ChannelAddress } from "./alert-channel.ts";
import { findChannel, saveChannel } from "./channel-store.ts";
import { createAlertSender, type AlertSender } from "./create-alert-sender.ts";

const MINUTE = 60_000;
const HOOK = "https://hooks.slack.com/services/T0001/B0001/";

let app: TestApp;
let now: number;
let answer: (request: WebhookRequest) => Promise<Partial<Attempt>>;
let sent: WebhookRequest[];
let sender: AlertSender;

beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.stop());
beforeEach(async () => {
  const { db } = app.database;
  await db.query("delete from alert");
  await db.query("delete from alert_channel");
  now = app.deps.clock.now();
  answer = () => Promise.resolve(of(200, "ok"));
  sent = [];
  sender = makeSender();
});

/** What a receiver's answer means. */
const of = (status: number, answerBody: string, headers: Record<string, string> = {}): Partial<Attempt> => ({
  ...judgeAnswer(status, headers, now),
  ...{ status, answerBody },
});

function makeSender(): AlertSender {
  return createAlertSender({
    ...{ db: app.database.db, keyring: app.deps.keyring, random: systemRandom },
    clock: { ...app.deps.clock, now: () => now },
    log: pino({ level: "silent" }),
    wire: {
      async send(request) {
        sent.push(request);
        const nothing = { detail: null, answerHeaders: null, answerBody: null, control: "none" } as const;
        const usual = { at: now, tookMs: 1, status: null, outcome: "delivered", wishMs: 0 } as const;
        return { ...nothing, ...usual, ...(await answer(request)) };
      },
      close: () => Promise.resolve(),
    },
    wake: () => undefined,
  });
}

/** A turn, and the end of what it began. */
async function turn(one = sender): Promise<number | void> {
  const next = await one.turn();
  await one.drain();
  return next;
}

/** A channel of Slack, unless the test wishes another. */
async function channel(id: string, wish: Partial<ChannelAddress> = {}): Promise<string> {
  const address = { type: "slack", settings: { url: HOOK + id }, ...wish } as ChannelAddress;
  const made = { id, name: id, type: address.type, state: "enabled", failingSince: null } as const;
  const rest = { lastFailure: null, version: 1, createdAt: now, createdBy: "test" };
  await saveChannel(app.database.db, app.deps.keyring, { ...made, ...rest }, address);
  return id;
}

/** A message that somebody has decided to send. */
async function plan(
  id: string,
  channelId: string,
  kind: AlertMessage["kind"] = "opened",
  { alertId = "alr_one", plannedAt = now, title = id } = {},
): Promise<void> {
  const { db } = app.database;
  await db.query(
    `insert into alert (id, rule, severity, cause, state, started_at, last_signal_at)
     values ($1, 'share_lost', 'critical', 'partner_removed', 'firing', $2, $2) on conflict do nothing`,
    [alertId, new Date(plannedAt)],
  );
  await db.query(
    `insert into alert_notification (id, alert_id, channel_id, recipient, kind, why, message, planned_at,
       state, next_attempt_at) values ($1, $2, $3, 'planned', $4, 'test', $5, $6, 'pending', $6)`,
    [id, alertId, channelId, kind, alertMessage({ id, alertId, kind, title }), new Date(plannedAt)],
  );
}

interface Kept {
  state: string;
  detail: string | null;
  recipient: string;
  attempt_count: number;
  next_attempt_at: Date | null;
  ended_at: Date | null;
}
async function kept(id: string): Promise<Kept> {
  const [row] = await app.database.db.query<Kept>("select * from alert_notification where id = $1", [id]);
  if (row === undefined) throw new Error(`no notification ${id}`);
  return row;
}
const titles = (): string[] =>
  sent.map(({ body }) => (JSON.parse(body) as { text: string }).text.replace(/^\S+ /, ""));
const health = async (id: string) => findChannel(app.database.db, id);
/** An answer that the test gives when it likes. */
function held(): { promise: Promise<Partial<Attempt>>; give(answer: Partial<Attempt>): void } {
  const { promise, resolve } = Promise.withResolvers<Partial<Attempt>>();
  return { promise, give: resolve };
}

describe("a message", () => {
  test("is sent once, and its log says to whom and that it arrived", async () => {
    await plan("ntf_a", await channel("chn_channel_of_the_test"));
    await turn();
    await turn();
    expect(titles()).toEqual(["ntf_a"]);
    expect(await kept("ntf_a")).toMatchObject({
      ...{ state: "sent", detail: "Slack took the message.", recipient: "hooks.slack.com, …test" },
      ...{ attempt_count: 1, next_attempt_at: null, ended_at: new Date(now) },
    });
  });

  test("that is not due yet waits, and the turn says until when", async () => {
    await plan("ntf_a", await channel("chn_a"), "opened", { plannedAt: now + MINUTE });
    expect(await turn()).toBe(now + MINUTE);
    expect(sent).toEqual([]);
    now += MINUTE;
    await turn();
    expect(sent).toHaveLength(1);
  });

  test("that fails comes again at growing gaps, and after an hour it is given up with its reason", async () => {
    answer = () => Promise.resolve(of(503, "busy"));
    await plan("ntf_a", await channel("chn_a"));
    const began = now;
    const waits: number[] = [];
    for (;;) {
      await turn();
      const { state, next_attempt_at: next } = await kept("ntf_a");
      if (state !== "pending" || next === null) break;
      waits.push(next.getTime() - now);
      now = next.getTime();
    }
    expect(waits).toHaveLength(8);
    expect(waits.toSorted((left, right) => left - right)).toEqual(waits);
    expect(now - began).toBeGreaterThan(60 * MINUTE);
    expect(now - began).toBeLessThan(90 * MINUTE);
    expect(await kept("ntf_a")).toMatchObject({
      ...{ state: "failed", attempt_count: 9 },
      detail: "Slack answered 503: busy. Given up after 9 attempts.",
    });
  });

  test("waits as long as the receiver asks with Retry-After", async () => {
    answer = () => Promise.resolve(of(429, "rate_limited", { "retry-after": "120" }));
    await plan("ntf_a", await channel("chn_a"));
    await turn();
    expect((await kept("ntf_a")).next_attempt_at).toEqual(new Date(now + 2 * MINUTE));
  });

  test("that is refused for good is not repeated", async () => {
    answer = () => Promise.resolve(of(410, "channel_is_archived"));
    await plan("ntf_a", await channel("chn_a"));
    await turn();
    expect(await kept("ntf_a")).toMatchObject({
      ...{ state: "failed", next_attempt_at: null },
      detail: expect.stringContaining("channel_is_archived"),
    });
  });

  test("for a channel that is paused or gone is dropped, and says so", async () => {
    await plan("ntf_a", await channel("chn_a"));
    await plan("ntf_b", "chn_gone");
    await app.database.db.query("update alert_channel set state = 'paused'");
    await turn();
    expect(sent).toEqual([]);
    expect(await kept("ntf_a")).toMatchObject({ state: "dropped", detail: "The channel was paused." });
    expect(await kept("ntf_b")).toMatchObject({ state: "dropped", detail: "The channel was deleted." });
  });

  test("for a channel that no key opens is tried again, and says so", async () => {
    await plan("ntf_a", await channel("chn_a"));
    await app.database.db.query("update alert_channel set sealed = '\\x00'");
    await turn();
    expect(await kept("ntf_a")).toMatchObject({
      ...{ state: "pending", recipient: "planned" },
      detail: expect.stringContaining("No key opens"),
    });
  });
});

describe("the messages about one alert", () => {
  test("never overtake one another", async () => {
    const first = held();
    answer = () => first.promise;
    await plan("ntf_z", await channel("chn_a"), "opened");
    await sender.turn();
    await plan("ntf_a", "chn_a", "resolved");
    answer = () => Promise.resolve(of(200, "ok"));
    await sender.turn();
    expect(sent).toHaveLength(1);
    first.give(of(200, "ok"));
    await sender.drain();
    await turn();
    expect(titles()).toEqual(["ntf_z", "Resolved: ntf_a"]);
  });

  test("that an outage of the channel held back arrive as one, the newest", async () => {
    answer = () => Promise.resolve(of(503, ""));
    await plan("ntf_c", await channel("chn_a"), "opened");
    await turn();
    await plan("ntf_b", "chn_a", "grew", { plannedAt: now + 1 });
    await plan("ntf_a", "chn_a", "resolved", { plannedAt: now + 2 });
    await plan("ntf_other", "chn_a", "opened", { alertId: "alr_two", plannedAt: now + 3 });
    answer = () => Promise.resolve(of(200, "ok"));
    now += 2 * MINUTE;
    sent = [];
    await turn();
    await turn();
    expect(titles()).toEqual(["Resolved: ntf_a", "ntf_other"]);
    for (const id of ["ntf_b", "ntf_c"])
      expect(await kept(id)).toMatchObject({
        state: "dropped",
        detail: "A newer message about this alert takes its place.",
      });
  });

  test("of one instant: what ends it comes last", async () => {
    await plan("ntf_b", await channel("chn_a"), "opened");
    await plan("ntf_a", "chn_a", "resolved");
    await turn();
    expect(titles()).toEqual(["Resolved: ntf_a"]);
    expect(await kept("ntf_b")).toMatchObject({ state: "dropped" });
  });

  test("wait for a newer one that is not due yet", async () => {
    await plan("ntf_a", await channel("chn_a"), "opened");
    await plan("ntf_b", "chn_a", "repeated", { plannedAt: now + MINUTE });
    await turn();
    expect(titles()).toEqual(["ntf_a"]);
  });
});

describe("a channel", () => {
  test("that fails says since when and why, and no longer once it works", async () => {
    const began = now;
    answer = () => Promise.resolve(of(500, ""));
    await plan("ntf_a", await channel("chn_a"));
    await turn();
    now += MINUTE;
    await turn();
    expect(await health("chn_a")).toMatchObject({ failingSince: began, lastFailure: "Slack answered 500." });
    answer = () => Promise.resolve(of(200, "ok"));
    now += 30 * MINUTE;
    await turn();
    expect(await health("chn_a")).toMatchObject({ failingSince: null, lastFailure: null });
  });

  test("that hangs holds up no other, and has no more than two places", async () => {
    const hanging = held();
    answer = ({ url }) => (url.endsWith("slow") ? hanging.promise : Promise.resolve(of(200, "ok")));
    await channel("slow");
    await channel("quick");
    for (let n = 0; n < 4; n += 1) {
      await plan(`ntf_slow_${n}`, "slow", "opened", { alertId: `alr_${n}` });
      await plan(`ntf_quick_${n}`, "quick", "opened", { alertId: `alr_${n}` });
    }
    await sender.turn();
    await expect.poll(async () => (await kept("ntf_quick_1")).state).toBe("sent");
    await sender.turn();
    await expect.poll(async () => (await kept("ntf_quick_3")).state).toBe("sent");
    expect(sent.filter(({ url }) => url.endsWith("slow"))).toHaveLength(2);
    hanging.give(of(200, "ok"));
    await sender.drain();
  });
});

describe("an instance", () => {
  test("leaves alone what another one sends", async () => {
    const first = held();
    answer = () => first.promise;
    await plan("ntf_a", await channel("chn_a"));
    const other = makeSender();
    await Promise.all([sender.turn(), other.turn()]);
    first.give(of(200, "ok"));
    await Promise.all([sender.drain(), other.drain()]);
    await turn(other);
    expect(titles()).toEqual(["ntf_a"]);
  });

  test("sends what one that died had decided, and what it had begun after the lease, under the same id", async () => {
    const url = "https://receiver.example.com/alerts";
    await channel("chn_a", { type: "webhook", settings: { url } });
    await plan("ntf_a", "chn_a");
    const never = held();
    answer = () => never.promise;
    const dead = makeSender();
    await dead.turn();
    answer = () => Promise.resolve(of(200, ""));
    await turn();
    expect(sent).toHaveLength(1);
    now += MINUTE;
    await turn();
    expect(sent.map(({ headers }) => headers["webhook-id"])).toEqual(["ntf_a", "ntf_a"]);
    expect(await kept("ntf_a")).toMatchObject({ state: "sent" });
    // Its answer comes too late to change anything.
    never.give(of(500, ""));
    await dead.drain();
    expect(await health("chn_a")).toMatchObject({ failingSince: null });
    expect(await kept("ntf_a")).toMatchObject({ state: "sent", attempt_count: 1 });
  });
});

describe("an Alertmanager", () => {
  const settings = { url: "https://alertmanager.example.com" };
  const alertsOf = (
    request: WebhookRequest | undefined,
  ): { labels: { alert_id: string }; endsAt: string }[] =>
    JSON.parse(request?.body ?? "[]") as { labels: { alert_id: string }; endsAt: string }[];

  test("gets the alerts that fire again and again, in one request, with an end that moves on", async () => {
    answer = () => Promise.resolve(of(200, ""));
    await channel("chn_a", { type: "alertmanager", settings });
    await plan("ntf_a", "chn_a");
    await plan("ntf_b", "chn_a", "grew", { plannedAt: now + 1 });
    await plan("ntf_c", "chn_a", "opened", { alertId: "alr_two" });
    await plan("ntf_over", "chn_a", "opened", { alertId: "alr_over" });
    await plan("ntf_elsewhere", "chn_other", "opened", { alertId: "alr_elsewhere" });
    now += 1;
    await turn();
    await turn();
    await app.database.db.query("update alert set state = 'resolved' where id = 'alr_over'");
    sent = [];
    now += MINUTE;
    await sender.refresh();
    expect(sent).toHaveLength(1);
    const alerts = alertsOf(sent[0]);
    expect(alerts.map(({ labels }) => labels.alert_id)).toEqual(["alr_one", "alr_two"]);
    for (const { endsAt } of alerts) expect(endsAt).toBe(new Date(now + 60 * MINUTE).toISOString());
  });

  test("that is down fails visibly, and is asked nothing while nothing fires or it is paused", async () => {
    await channel("chn_a", { type: "alertmanager", settings });
    await sender.refresh();
    expect(sent).toEqual([]);
    answer = () => Promise.resolve(of(200, ""));
    await plan("ntf_a", "chn_a");
    await turn();
    answer = () => Promise.resolve(of(503, ""));
    await sender.refresh();
    expect(await health("chn_a")).toMatchObject({
      failingSince: now,
      lastFailure: "Alertmanager answered 503.",
    });
    await app.database.db.query("update alert_channel set state = 'paused'");
    sent = [];
    await sender.refresh();
    expect(sent).toEqual([]);
  });
});
