/** From a loss to the mail, and all that must keep it from being sent. */
import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestApp, type TestApp } from "../../test/support/create-test-app.ts";
import type { Mail, Mailer, MailOutcome } from "../mail/open-mailer.ts";
import { DAY, MINUTE } from "../sharing/model/timings.ts";
import { openMessenger, type Messenger } from "./open-messenger.ts";

const WABA = "100000000000004";

let app: TestApp;
let now: number;
let clientId: string;
let mails: Mail[];
let answer: (mail: Mail) => MailOutcome;
let messenger: Messenger;

beforeAll(async () => {
  app = await createTestApp();
  await app.setClock({ mode: "frozen" });
  clientId = (await app.ask("GET", `/api/v1/wabas/${WABA}`)).body.client.id;
});
afterAll(() => app?.stop());

beforeEach(async () => {
  const { db } = app.database;
  await db.query("delete from client_message");
  await db.query("delete from client_notice");
  await db.query("delete from mail_address");
  await restore();
  await contacts([{ name: "Ada", email: "Ada@example.com" }]);
  await db.query("update client_message_cursor set journal_seq = (select max(seq) from journal)");
  now = app.deps.clock.now();
  mails = [];
  answer = () => ({ outcome: "sent", detail: "250 OK", tookMs: 1 });
  messenger = open();
});

function open(
  clientRules: Messenger["sending"]["clientRules"] = { channel: "email", reminders: 3 },
): Messenger {
  const mailer: Pick<Mailer, "isSetUp" | "send"> = {
    isSetUp: true,
    send: (mail) => {
      mails.push(mail);
      return Promise.resolve(answer(mail));
    },
  };
  const links = { refresh: () => Promise.resolve() };
  const own = { ...app.deps, ...app.messenger.sending, links, reshareLinkLifetimeMs: 14 * DAY };
  return openMessenger({ ...own, mailer, clientRules, log: pino({ level: "silent" }) }, () => undefined);
}

const contacts = (list: object[], id = clientId): Promise<unknown> =>
  app.ask("PATCH", `/api/v1/clients/${id}`, { contacts: list });

async function pass(ms: number): Promise<void> {
  now += ms;
  await app.setClock({ now: new Date(now).toISOString() });
}

/** Something happens at Meta, and probes prove it. */
async function act(action: string, status: string, wabaId = WABA): Promise<void> {
  await app.emulator.act({ action, waba_id: wabaId, silent: true });
  for (let probes = 0; probes < 5; probes += 1) {
    await app.setClock({ advance_ms: 20_000 });
    now = app.deps.clock.now();
    const { body } = await app.ask("POST", `/api/v1/wabas/${wabaId}/check`, {});
    if (body.status === status) return;
  }
  throw new Error(`${wabaId} is not ${status} after ${action}`);
}

const lose = (wabaId = WABA): Promise<void> => act("partner.remove", "permission_removed", wabaId);
const restore = (wabaId = WABA): Promise<void> => act("partner.assign", "live", wabaId);

/** One turn, and what follows at once from what it sent. */
async function turn(one = messenger): Promise<void> {
  await one.turn();
  await one.drain();
  await one.turn();
  await one.drain();
}

/** When the messenger has something to do. */
async function dueAt(): Promise<number | null> {
  await turn();
  return (await messenger.turn()) ?? null;
}

const history = async () => (await app.ask("GET", `/api/v1/clients/${clientId}/messages`)).body.data;

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
