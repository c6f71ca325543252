/** What a client would be told wrongly, or not at all. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  app,
  beginMessages,
  clientId,
  contacts,
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
import { deleteOldMessages } from "./message-store.ts";
import { sendFreshLink } from "./send-fresh-link.ts";

beforeAll(() => openMessengerApp());
afterAll(() => app?.stop());
beforeEach(beginMessages);

const assetIdOf = async (wabaId: string): Promise<string> => {
  const rows = await app.database.db.query<{ owner_id: string }>(
    "select owner_id from meta_id where meta_id = $1 and type = 'waba'",
    [wabaId],
  );
  return rows[0]?.owner_id ?? "";
};

/** The WABA is another client's, as after a listing of Meta; `run` runs meanwhile. */
async function whileMoved(run: () => Promise<void>): Promise<void> {
  const { db } = app.database;
  const [other] = await db.query<{ client_id: string }>("select client_id from asset where id = $1", [
    await assetIdOf(SECOND),
  ]);
  const move = async (to = ""): Promise<unknown> =>
    db.query("update asset set client_id = $1 where id = $2", [to, await assetIdOf(WABA)]);
  await contacts([{ name: "Cy", email: "cy@example.com" }], other?.client_id);
  await move(other?.client_id);
  try {
    await run();
  } finally {
    await move(clientId);
  }
}

describe("a refusal that is not about the address", () => {
  test("is tried again, and the address stays good", async () => {
    wire.answer = () => ({ outcome: "refused", detail: "554 5.7.1 relaying denied", tookMs: 1 });
    await loseAndSettle();
    await turn();
    expect(await history()).toMatchObject([{ state: "pending", detail: "554 5.7.1 relaying denied" }]);
    wire.answer = () => ({ outcome: "sent", detail: "250 OK", tookMs: 1 });
    await pass(HOUR);
    await turn();
    expect(await history()).toMatchObject([{ state: "sent", kind: "first", to: "Ada@example.com" }]);
  });
});

describe("a WABA that went to another client", () => {
  test("is a first message for its new client, and not a reminder", async () => {
    await loseAndSettle();
    await turn();
    await whileMoved(async () => {
      await pass(2 * DAY);
      await turn();
      await pass(2 * MINUTE);
      await turn();
      expect(mails.map(({ to }) => to)).toEqual(["Ada@example.com", "cy@example.com"]);
      expect(mails[1]?.subject).not.toContain("eminder");
    });
  });

  test("is in no words for the provider's own channel any more", async () => {
    wire.messenger = open({ channel: "event", reminders: 3 });
    await loseAndSettle();
    await turn();
    const [{ id }] = await history();
    expect((await wire.messenger.readRequested([id])).has(id)).toBe(true);
    await whileMoved(async () => {
      expect((await wire.messenger.readRequested([id])).has(id)).toBe(false);
    });
  });
});

test("an event that arrives after the access is back asks for no message", async () => {
  wire.messenger = open({ channel: "event", reminders: 3 });
  await loseAndSettle();
  await turn();
  const [{ id }] = await history();
  await restore();
  expect((await wire.messenger.readRequested([id])).has(id)).toBe(false);
});

test("a message that was never sent does not count: the next loss has its first message", async () => {
  wire.answer = () => ({ outcome: "deferred", detail: "451 greylisted", tookMs: 1 });
  await loseAndSettle();
  await turn();
  await restore();
  await pass(HOUR);
  await turn();
  wire.answer = () => ({ outcome: "sent", detail: "250 OK", tookMs: 1 });
  await loseAndSettle();
  await turn();
  expect((await history())[0]).toMatchObject({ state: "sent", kind: "first" });
});

test("a message that cannot be looked at rests, and the others are sent", async () => {
  const { db } = app.database;
  const make = open();
  const sick = open({ channel: "email", reminders: 3 }, { failsFor: await assetIdOf(WABA) });
  await lose();
  await turn(make);
  await pass(2 * MINUTE);
  await turn(sick);
  expect(mails).toEqual([]);
  const [row] = await db.query<{ next_attempt_at: Date; attempt_count: number }>(
    "select next_attempt_at, attempt_count from client_message",
  );
  expect(row?.next_attempt_at.getTime()).toBeGreaterThan(now);
  expect(row?.attempt_count).toBe(1);
});

test("a client whose contacts cannot be read holds up no other", async () => {
  const { db } = app.database;
  const { client } = (await app.ask("GET", `/api/v1/wabas/${SECOND}`)).body;
  await db.query(`update client set contacts = '[null]' where id = $1`, [client.id]);
  try {
    await loseAndSettle([SECOND, WABA]);
    await turn();
    expect(mails.map(({ to }) => to)).toEqual(["Ada@example.com"]);
    await contacts([{ name: "Cy", email: "cy@example.com" }], client.id);
    await pass(5 * MINUTE);
    await turn();
    expect(mails.map(({ to }) => to)).toEqual(["Ada@example.com", "cy@example.com"]);
  } finally {
    await contacts([], client.id);
    await restore(SECOND);
  }
});

describe("a fresh link", () => {
  const ask = async (id: string): Promise<void> =>
    sendFreshLink({ ...app.deps, mailer: { isSetUp: true } }, { id, assetId: await assetIdOf(WABA) });
  const asked = async () => (await history()).filter(({ kind }: { kind: string }) => kind === "fresh_link");
  const sentLink = async (): Promise<string> => (await history()).at(-1).link_ids[0];

  test("does not tell of a loss that is over", async () => {
    await loseAndSettle();
    await turn();
    const id = await sentLink();
    await ask(id);
    await restore();
    await turn();
    await ask(id);
    expect(await asked()).toMatchObject([{ state: "dropped" }]);
    expect(mails).toHaveLength(1);
    await pass(HOUR);
    await ask(id);
    expect(await asked()).toHaveLength(1);
  });

  test("goes to one address five times a day at most", async () => {
    await loseAndSettle();
    await turn();
    const id = await sentLink();
    for (let times = 0; times < 9; times += 1) {
      await ask(id);
      await pass(11 * MINUTE);
    }
    expect(await asked()).toHaveLength(5);
    await pass(DAY);
    await ask(id);
    expect(await asked()).toHaveLength(6);
  });
});

test("a page that nobody signs in to reads no endless body", async () => {
  await loseAndSettle();
  await turn();
  const url = /<(.*)>/.exec(mails[0]?.headers?.["List-Unsubscribe"] ?? "")?.[1] ?? "";
  const path = url.slice(url.indexOf("/unsubscribe"));
  const click = { "Content-Type": "application/x-www-form-urlencoded" };
  const endless = await app.ask("POST", path, "a".repeat(2 * 1024 * 1024), click);
  expect(endless.status).toBe(413);
});

test("an address that bounced long ago and is in no message is forgotten", async () => {
  const { db } = app.database;
  await db.query(
    `insert into mail_address (id, address, created_at, bounced_at, unsubscribed_at) values
       ('adr_1', 'gone@example.com', $1, $1, null), ('adr_2', 'new@example.com', $1, $2, null),
       ('adr_3', 'never@example.com', $1, $1, $1)`,
    [new Date(now - 500 * DAY), new Date(now)],
  );
  await deleteOldMessages(db, now - 400 * DAY);
  const kept = await db.query<{ id: string }>("select id from mail_address order by id");
  expect(kept.map(({ id }) => id)).toEqual(["adr_2", "adr_3"]);
});
