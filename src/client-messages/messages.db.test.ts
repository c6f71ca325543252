/** From a loss to the mail, and all that must keep it from being sent. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Answer } from "../../test/support/create-test-app.ts";
import {
  app,
  beginMessages,
  clientId,
  dueAt,
  history,
  lose,
  loseAndSettle,
  mails,
  now,
  open,
  openMessengerApp,
  pass,
  restore,
  SECOND,
  turn,
  WABA,
  wire,
} from "../../test/support/messenger-app.ts";
import { DAY, HOUR, MINUTE } from "../sharing/model/timings.ts";

beforeAll(() => openMessengerApp());
afterAll(() => app?.stop());
beforeEach(beginMessages);

describe("a client that must act", () => {
  test("is told once the loss has settled, with the link of its WABA", async () => {
    await lose();
    await turn();
    expect(mails).toEqual([]);
    await pass(2 * MINUTE);
    await turn();
    expect(mails.map(({ to }) => to)).toEqual(["Ada@example.com"]);
    const { body: link } = await app.ask("POST", `/api/v1/wabas/${WABA}/reshare-links`, {});
    expect(mails[0]?.text).toContain(link.url);
    expect(await history()).toMatchObject([
      {
        ...{ state: "sent", kind: "first", why: "lost", cause: "unspecified", to: "Ada@example.com" },
        ...{ wabas: [{ id: WABA }], link_ids: [link.id], opened_at: null, detail: "250 OK" },
      },
    ]);
  });

  test("is reminded at growing gaps, so many times and no more", async () => {
    await lose();
    for (let next = await dueAt(); next !== null && mails.length < 20; next = await dueAt()) {
      await pass(next - now);
      await turn();
    }
    const sent: { kind: string; planned_at: string }[] = (await history()).toReversed();
    const [first] = sent;
    const days = sent.map(
      ({ planned_at }) => (Date.parse(planned_at) - Date.parse(first?.planned_at ?? "")) / DAY,
    );
    expect(sent.map(({ kind }) => kind)).toEqual(["first", "reminder", "reminder", "last_reminder"]);
    expect(days.map(Math.round)).toEqual([0, 1, 4, 11]);
  });
});

describe("nobody is written to", () => {
  test("before the loss has settled, and when it ends meanwhile", async () => {
    await lose();
    await turn();
    await restore();
    await pass(HOUR);
    await turn();
    expect([mails, await history()]).toEqual([[], []]);
  });

  test("once the access is back, although the message was planned", async () => {
    wire.answer = () => ({ outcome: "deferred", detail: "451 try again", tookMs: 1 });
    await loseAndSettle();
    await turn();
    expect(await history()).toMatchObject([{ state: "pending", attempts: 1, detail: "451 try again" }]);
    await restore();
    await pass(DAY);
    await turn();
    expect(mails).toHaveLength(1);
    expect(await history()).toMatchObject([{ state: "dropped", detail: "Nothing is wrong any more." }]);
  });

  test("whose WABA is in observe mode, or was stopped by an operator", async () => {
    for (const [on, off] of [
      [
        ["PATCH", { mode: "observe" }],
        ["PATCH", { mode: "enforce" }],
      ],
      [
        ["POST", { reason: "invoice" }, "/close"],
        ["POST", {}, "/reopen"],
      ],
    ] as const) {
      const call = ([method, body, path = ""]: readonly [string, object, string?]): Promise<unknown> =>
        app.ask(method, `/api/v1/wabas/${WABA}${path}`, body);
      await lose();
      await call(on);
      await turn();
      await pass(HOUR);
      await turn();
      expect(await history()).toEqual([]);
      await call(off);
      await restore();
    }
  });

  test("who says that it was on purpose", async () => {
    await loseAndSettle();
    const { body: link } = await app.ask("POST", `/api/v1/wabas/${WABA}/reshare-links`, {});
    await app.ask("POST", `${new URL(link.url).pathname}/intended`, undefined, {
      Accept: "application/json",
    });
    await pass(HOUR);
    await turn();
    expect(await history()).toEqual([]);
  });

  test("during an incident, and once it is over the client is told", async () => {
    const { db } = app.database;
    await lose();
    await db.query(
      `insert into incident (id, connection_id, about, reason, opened_at, probed, troubled, most_troubled)
       values ('inc_1', 'default', 'meta', 'meta_unreachable', now(), 9, 9, 9)`,
    );
    await turn();
    await pass(HOUR);
    await turn();
    expect(mails).toEqual([]);
    await db.query("update incident set ended_at = now(), ended_why = 'recovered'");
    await pass(5 * MINUTE);
    await turn();
    expect(mails).toHaveLength(1);
    await db.query("delete from incident");
  });

  test("about what was lost while messages were off", async () => {
    const off = open({ channel: "off", reminders: 3 });
    await lose();
    await turn(off);
    await pass(HOUR);
    await turn();
    expect(await history()).toEqual([]);
  });
});

describe("each message is sent at most once", () => {
  test("also when whoever sends it dies: it is unknown, and not sent again", async () => {
    const dying = new Error("killed");
    wire.answer = () => {
      throw dying;
    };
    const { db } = app.database;
    await loseAndSettle();
    await turn();
    await db.query("update client_message set state = 'sending', leased_until = $1, ended_at = null", [
      new Date(now + 11 * MINUTE),
    ]);
    wire.answer = () => ({ outcome: "sent", detail: "250 OK", tookMs: 1 });
    await pass(12 * MINUTE);
    await turn();
    expect(mails).toHaveLength(1);
    expect(await history()).toMatchObject([{ state: "unknown" }]);
  });

  test("also when the mail server was given it and never answered", async () => {
    wire.answer = () => ({ outcome: "unknown", detail: "no answer within 30 s", tookMs: 1 });
    await loseAndSettle();
    await turn();
    await pass(12 * HOUR);
    await turn();
    expect(mails).toHaveLength(1);
    expect(await history()).toMatchObject([{ state: "unknown", detail: "no answer within 30 s" }]);
  });

  test("by two instances", async () => {
    const other = open();
    await lose();
    await turn();
    await pass(2 * MINUTE);
    await Promise.all([turn(), turn(other), turn(), turn(other)]);
    expect(mails).toHaveLength(1);
  });

  test("a mail server that is down is asked again for a day, and then the message has failed", async () => {
    wire.answer = () => ({ outcome: "deferred", detail: "no connection", tookMs: 1 });
    wire.messenger = open({ channel: "email", reminders: 0 });
    await loseAndSettle();
    for (let next = await dueAt(); next !== null && mails.length < 20; next = await dueAt()) {
      await pass(next - now);
      await turn();
    }
    expect(await history()).toMatchObject([{ state: "failed", attempts: 8, detail: "no connection" }]);
  });
});

test("WABAs of one client that fall for one cause are one mail that names all with their links", async () => {
  const { db } = app.database;
  const [other] = await db.query<{ id: string; client_id: string }>(
    "select asset.id, client_id from asset join meta_id on meta_id.owner_id = asset.id where meta_id.meta_id = $1",
    [SECOND],
  );
  await db.query("update asset set client_id = $1 where id = $2", [clientId, other?.id]);
  try {
    await loseAndSettle([WABA, SECOND]);
    await turn();
    expect(mails).toHaveLength(1);
    const [message] = await history();
    expect(message.wabas.map(({ id }: { id: string }) => id).toSorted()).toEqual([WABA, SECOND].toSorted());
    for (const id of [WABA, SECOND]) {
      const { body: link } = await app.ask("POST", `/api/v1/wabas/${id}/reshare-links`, {});
      expect(mails[0]?.text).toContain(link.url);
    }
  } finally {
    await restore(SECOND);
    await db.query("update asset set client_id = $1 where id = $2", [other?.client_id, other?.id]);
  }
});

describe("by the provider's own channel", () => {
  test("an event asks for the message, and holds no personal data before it is delivered", async () => {
    wire.messenger = open({ channel: "event", reminders: 3 });
    await loseAndSettle();
    await turn();
    const { db } = app.database;
    const [line] = await db.query<{ data: object }>(
      "select data from journal where type = 'client_message.requested' order by seq desc limit 1",
    );
    expect(JSON.stringify(line?.data)).not.toMatch(/example\.com|\/reshare\//);
    const [message] = await history();
    expect(message).toMatchObject({ state: "sent", channel: "event", to: null });
    const words = (await wire.messenger.readRequested([message.id])).get(message.id);
    expect(words).toMatchObject({
      contacts: [{ email: "Ada@example.com" }],
      wabas: [{ link: expect.any(String) }],
    });
    expect(words?.text).toContain(words?.wabas[0]?.link);
  });
});

describe("a person of the provider", () => {
  const post = (body: object): Promise<Answer> =>
    app.ask("POST", `/api/v1/wabas/${WABA}/client-messages`, { channel: "email", ...body });

  test("sees what would be written, and why it would not be sent", async () => {
    await lose();
    const { body } = await post({ preview: true, language: "de" });
    expect(body).toMatchObject({
      ...{ message: null, language: "de", refused_by: "mail_not_set_up", is_example: false },
      recipients: [{ name: "Ada", address: "Ada@example.com" }],
    });
    expect((await post({})).body.code).toBe("mail_not_set_up");
    expect(await history()).toEqual([]);
  });
});
