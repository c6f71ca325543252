/** What differs by the kind of a channel, and what happens while one does not take messages. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openAlertDesk, type AlertDesk } from "../../../test/support/open-alert-desk.ts";
import type { WebhookRequest } from "../../delivery/open-webhook-wire.ts";
import type { Mail } from "../../mail/mail.ts";
import type { Mailer } from "../../mail/open-mailer.ts";

const MINUTE = 60_000;

let desk: AlertDesk;
beforeAll(async () => {
  desk = await openAlertDesk();
});
afterAll(() => desk.stop());
beforeEach(() => desk.clear());

describe("an Alertmanager", () => {
  const settings = { url: "https://alertmanager.example.com" };
  const alertsOf = (
    request: WebhookRequest | undefined,
  ): { labels: { alert_id: string }; endsAt: string }[] =>
    JSON.parse(request?.body ?? "[]") as { labels: { alert_id: string }; endsAt: string }[];

  test("gets the alerts that fire again and again, in one request, with an end that moves on", async () => {
    desk.answer = () => Promise.resolve(desk.of(200, ""));
    await desk.channel("chn_a", { type: "alertmanager", settings });
    await desk.plan("ntf_a", "chn_a");
    await desk.plan("ntf_b", "chn_a", "grew", { plannedAt: desk.now + 1 });
    await desk.plan("ntf_c", "chn_a", "opened", { alertId: "alr_two" });
    await desk.plan("ntf_over", "chn_a", "opened", { alertId: "alr_over" });
    await desk.plan("ntf_elsewhere", "chn_other", "opened", { alertId: "alr_elsewhere" });
    desk.now += 1;
    await desk.turn();
    await desk.turn();
    await desk.db.query("update alert set state = 'resolved' where id = 'alr_over'");
    desk.sent = [];
    desk.now += MINUTE;
    await desk.sender.refresh();
    expect(desk.sent).toHaveLength(1);
    const alerts = alertsOf(desk.sent[0]);
    expect(alerts.map(({ labels }) => labels.alert_id)).toEqual(["alr_one", "alr_two"]);
    for (const { endsAt } of alerts) expect(endsAt).toBe(new Date(desk.now + 60 * MINUTE).toISOString());
  });

  test("that is down fails visibly, and is asked nothing while nothing fires or it is paused", async () => {
    await desk.channel("chn_a", { type: "alertmanager", settings });
    await desk.sender.refresh();
    expect(desk.sent).toEqual([]);
    desk.answer = () => Promise.resolve(desk.of(200, ""));
    await desk.plan("ntf_a", "chn_a");
    await desk.turn();
    desk.answer = () => Promise.resolve(desk.of(503, ""));
    await desk.sender.refresh();
    expect(await desk.health("chn_a")).toMatchObject({
      failingSince: desk.now,
      lastFailure: "Alertmanager answered 503.",
    });
    await desk.db.query("update alert_channel set state = 'paused'");
    desk.sent = [];
    await desk.sender.refresh();
    expect(desk.sent).toEqual([]);
  });
});

describe("a channel of mails", () => {
  const to = ["anna@example.com", "bo@example.com"];
  let mails: Mail[];
  beforeEach(async () => {
    mails = [];
    desk.mailed = (mail) => {
      mails.push(mail);
      return Promise.resolve({ outcome: "sent", detail: "250 taken", tookMs: 1 });
    };
    await desk.channel("chn_mail", { type: "email", settings: { to } });
  });

  test("answers the first mail about an alert with the others", async () => {
    await desk.plan("ntf_a", "chn_mail");
    await desk.turn();
    desk.now += MINUTE;
    await desk.plan("ntf_b", "chn_mail", "grew");
    await desk.turn();
    desk.now += MINUTE;
    await desk.plan("ntf_c", "chn_mail", "resolved");
    await desk.plan("ntf_other", "chn_mail", "opened", { alertId: "alr_two" });
    await desk.turn();
    const threads = mails.map(({ id, to: address, inReplyTo }) => [address, id, inReplyTo].join(" ").trim());
    expect(threads.filter((line) => line.startsWith("anna")).toSorted()).toEqual([
      "anna@example.com ntf_a",
      "anna@example.com ntf_b ntf_a",
      "anna@example.com ntf_c ntf_a",
      "anna@example.com ntf_other",
    ]);
  });

  test("remembers who has a message, whichever instance tries again", async () => {
    desk.mailed = (mail) => {
      mails.push(mail);
      const isPutOff = mail.to.startsWith("bo") && mails.length < 3;
      return Promise.resolve({ outcome: isPutOff ? "deferred" : "sent", detail: "451 later", tookMs: 1 });
    };
    await desk.plan("ntf_a", "chn_mail");
    await desk.turn();
    expect(await desk.kept("ntf_a")).toMatchObject({
      state: "pending",
      recipient: `chn_mail (${to.join(", ")})`,
    });
    desk.now += MINUTE;
    await desk.turn(desk.makeSender());
    expect(mails.map((mail) => mail.to)).toEqual([...to, "bo@example.com"]);
    expect(await desk.kept("ntf_a")).toMatchObject({ state: "sent" });
  });

  test("has minutes for an attempt: no other instance begins meanwhile", async () => {
    const { promise, resolve } = Promise.withResolvers<Awaited<ReturnType<Mailer["send"]>>>();
    const usual = desk.mailed;
    desk.mailed = (mail) => usual(mail).then(() => promise);
    await desk.plan("ntf_a", "chn_mail");
    await desk.sender.turn();
    await expect.poll(() => mails.length).toBe(2);
    desk.now += 2.9 * MINUTE;
    await desk.turn(desk.makeSender());
    expect(mails).toHaveLength(2);
    resolve({ outcome: "sent", detail: "250 taken", tookMs: 1 });
    await desk.sender.drain();
    expect(await desk.kept("ntf_a")).toMatchObject({ state: "sent" });
  });
});

test("a retry that was planned before the clock was set back comes at once", async () => {
  desk.answer = () => Promise.resolve(desk.of(503, ""));
  await desk.plan("ntf_a", await desk.channel("chn_a"));
  await desk.plan("ntf_later", "chn_a", "opened", { alertId: "alr_two", plannedAt: desk.now + MINUTE });
  await desk.turn();
  desk.now -= 24 * 60 * MINUTE;
  desk.sent = [];
  desk.answer = () => Promise.resolve(desk.of(200, "ok"));
  await desk.turn();
  expect(desk.titles()).toEqual(["ntf_a"]);
});

test("a message that cannot be made fails visibly, and holds up no other", async () => {
  await desk.channel("chn_a");
  await desk.plan("ntf_a", "chn_a");
  await desk.plan("ntf_b", "chn_a", "opened", { alertId: "alr_two" });
  await desk.db.query("update alert_notification set message = message - 'lines' where id = 'ntf_a'");
  await desk.turn();
  expect(desk.titles()).toEqual(["ntf_b"]);
  expect(await desk.kept("ntf_a")).toMatchObject({
    ...{ state: "pending", attempt_count: 1 },
    detail: "Something went wrong in Sharekeeper: its log says more.",
  });
});

describe("a critical alert whose channel fails", () => {
  const keptAt = async (channelId: string): Promise<{ id: string; why: string; state: string }[]> =>
    desk.db.query("select id, why, state from alert_notification where channel_id = $1 order by id", [
      channelId,
    ]);
  beforeEach(async () => {
    await desk.channel("chn_broken");
    await desk.channel("chn_other");
    await desk.channel("chn_third");
    desk.answer = ({ url }) =>
      Promise.resolve(url.endsWith("broken") ? desk.of(503, "") : desk.of(200, "ok"));
  });
  /** Three attempts, and whatever they lead to. */
  async function insist(): Promise<void> {
    for (let round = 0; round < 4; round += 1) {
      await desk.turn();
      desk.now += 2 * MINUTE;
    }
  }

  test("reaches one other channel, which is told why", async () => {
    await desk.plan("ntf_a", "chn_broken");
    await desk.turn();
    expect(await keptAt("chn_other")).toEqual([]);
    desk.now += MINUTE;
    await insist();
    expect(await keptAt("chn_other")).toEqual([
      { id: "ntf_a_2", why: "“chn_broken” does not take it", state: "sent" },
    ]);
    expect(await keptAt("chn_third")).toEqual([]);
    const told = desk.sent.find(({ url }) => url.endsWith("other"));
    expect(told?.body).toContain("Why you get this: “chn_broken” does not take it.");
  });

  test("reaches it at once when it is refused for good", async () => {
    desk.answer = ({ url }) =>
      Promise.resolve(url.endsWith("broken") ? desk.of(404, "no_service") : desk.of(200, "ok"));
    await desk.plan("ntf_a", "chn_broken");
    await desk.turn();
    await desk.turn();
    expect(await keptAt("chn_other")).toMatchObject([{ state: "sent" }]);
  });

  test.each([
    ["that another channel has already", async () => desk.plan("ntf_b", "chn_third")],
    ["that is over", async () => desk.db.query("update alert_notification set kind = 'resolved'")],
    [
      "that is a warning",
      async () =>
        desk.db.query(
          `update alert_notification set message = jsonb_set(message, '{severity}', '"warning"')`,
        ),
    ],
    [
      "while no other channel works",
      async () => desk.db.query("update alert_channel set state = 'paused' where id <> 'chn_broken'"),
    ],
  ])("%s stays where it is", async (_what, arrange) => {
    await desk.plan("ntf_a", "chn_broken");
    await arrange();
    await insist();
    expect(await keptAt("chn_other")).toEqual([]);
    expect(await desk.kept("ntf_a")).toMatchObject({ state: "pending" });
  });
});
