import { pino } from "pino";
import { openMessenger, type Messenger } from "../../src/client-messages/open-messenger.ts";
import type { Mail, Mailer, MailOutcome } from "../../src/mail/open-mailer.ts";
import { DAY, MINUTE } from "../../src/sharing/model/timings.ts";
import { createTestApp, type TestApp } from "./create-test-app.ts";

export const WABA = "100000000000004";
export const SECOND = "100000000000005";
const TAKEN: MailOutcome = { outcome: "sent", detail: "250 OK", tookMs: 1 };

/**
 * A test app whose clock stands still, with a messenger whose mails go to `mails`. One for each test file.
 */
export let app: TestApp;
export let now: number;
export let clientId: string;
/** What the mail server was given. */
export let mails: Mail[];
/** What the mail server answers, and the instance that writes; a test may put others in their place. */
export const wire: { answer: (mail: Mail) => MailOutcome; messenger: Messenger } = {
  answer: () => TAKEN,
  messenger: undefined as unknown as Messenger,
};

/** @param env further settings, for a test that sends through the messenger of the app itself */
export async function openMessengerApp(env: Record<string, string> = {}): Promise<void> {
  app = await createTestApp(env);
  await app.setClock({ mode: "frozen" });
  clientId = (await app.ask("GET", `/api/v1/wabas/${WABA}`)).body.client.id;
}

/** Nothing is lost and nothing was sent; the client has one contact. */
export async function beginMessages(): Promise<void> {
  const { db } = app.database;
  await db.query("delete from client_message");
  await db.query("delete from client_notice");
  await db.query("delete from mail_address");
  await restore();
  await contacts([{ name: "Ada", email: "Ada@example.com" }]);
  await db.query("update client_message_cursor set journal_seq = (select max(seq) from journal)");
  now = app.deps.clock.now();
  mails = [];
  wire.answer = () => TAKEN;
  wire.messenger = open();
}

/** @param failsFor a WABA whose link cannot be opened */
export function open(
  clientRules: Messenger["sending"]["clientRules"] = { channel: "email", reminders: 3 },
  { failsFor }: { failsFor?: string } = {},
): Messenger {
  const mailer: Pick<Mailer, "isSetUp" | "send"> = {
    isSetUp: true,
    send: (mail) => {
      mails.push(mail);
      return Promise.resolve(wire.answer(mail));
    },
  };
  const links = {
    refresh: ([assetId]: readonly string[]) =>
      failsFor !== undefined && assetId === failsFor
        ? Promise.reject(new Error("links are broken"))
        : Promise.resolve(),
  };
  const own = { ...app.deps, ...app.messenger.sending, links, reshareLinkLifetimeMs: 14 * DAY };
  return openMessenger({ ...own, mailer, clientRules, log: pino({ level: "silent" }) }, () => undefined);
}

export const contacts = (list: object[], id = clientId): Promise<unknown> =>
  app.ask("PATCH", `/api/v1/clients/${id}`, { contacts: list });

export async function pass(ms: number): Promise<void> {
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

export const lose = (wabaId = WABA): Promise<void> => act("partner.remove", "permission_removed", wabaId);
export const restore = (wabaId = WABA): Promise<void> => act("partner.assign", "live", wabaId);

/** One turn, and what follows at once from what it sent. */
export async function turn(one = wire.messenger): Promise<void> {
  await one.turn();
  await one.drain();
  await one.turn();
  await one.drain();
}

/** When the messenger has something to do. */
export async function dueAt(): Promise<number | null> {
  await turn();
  return (await wire.messenger.turn()) ?? null;
}

/** A loss, and the time after which its client is told. */
export async function loseAndSettle(wabaIds = [WABA]): Promise<void> {
  for (const id of wabaIds) await lose(id);
  await turn();
  await pass(2 * MINUTE);
}

// The tests read deep into the answer.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export const history = async (): Promise<any[]> =>
  (await app.ask("GET", `/api/v1/clients/${clientId}/messages`)).body.data;
