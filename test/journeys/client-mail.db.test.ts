/** From a loss over a real mail server to the client's repair, and what becomes of who does nothing. */
import type { SMTPServerOptions } from "smtp-server";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { DAY, HOUR, MINUTE } from "../../src/sharing/model/timings.ts";
import {
  app,
  beginMessages,
  contacts,
  dueAt,
  history,
  loseAndSettle,
  now,
  openMessengerApp,
  pass,
  restore,
  turn,
  WABA,
  wire,
} from "../support/messenger-app.ts";
import { startSmtpServer, type TestSmtpServer } from "../support/smtp-server.ts";

const LUCIA = { name: "Lucía", email: "lucia@client.example", language: "es" };
const PHONE = { "User-Agent": "Mozilla/5.0 (iPhone) Safari/604.1", "Accept-Language": "en" };

let smtp: TestSmtpServer;
/** What the mail server says to the next receivers, such as "451 come back later"; else it takes them. */
let answers: string[];
let isCutAfterText: boolean;
/** When each mail began. */
let begunAt: number[];

const onMailFrom: SMTPServerOptions["onMailFrom"] = (_address, _session, done) => {
  begunAt.push(now);
  done();
};

const onRcptTo: SMTPServerOptions["onRcptTo"] = (_address, _session, done) => {
  const answer = answers.shift();
  done(answer === undefined ? null : Object.assign(new Error(answer), { responseCode: parseInt(answer) }));
};

beforeAll(async () => {
  smtp = await startSmtpServer({ onMailFrom, onRcptTo }, () => {
    if (isCutAfterText) smtp.cut();
  });
  await openMessengerApp({
    ...{ CLIENT_MESSAGES: "email", CLIENT_REMINDERS: "3", MAIL_FROM: "Example <whatsapp@example.com>" },
    ...{ SMTP_URL: `smtp://127.0.0.1:${smtp.port}`, SMTP_TLS: "off" },
  });
});
afterAll(async () => {
  await app?.stop();
  await smtp?.stop();
});
beforeEach(async () => {
  await beginMessages();
  await contacts([LUCIA]);
  wire.messenger = app.messenger;
  smtp.mails.splice(0);
  [answers, isCutAfterText, begunAt] = [[], false, []];
});

/** The WABA is lost, and its client told. */
async function loseAndTell(): Promise<void> {
  await loseAndSettle();
  await turn();
}

/** Lets time pass until nothing more is planned, or until `until`. */
async function letPass(until: number): Promise<void> {
  for (let next = await dueAt(); next !== null && next <= until; next = await dueAt()) {
    await pass(Math.max(next - now, MINUTE));
    await turn();
  }
  await pass(Math.max(0, until - now));
  await turn();
}

/** The path of the re-share link in the newest mail. */
function linkOf(): string {
  const [url] = /http\S+\/reshare\/\S+/.exec(smtp.mails.at(-1)?.parsed.text ?? "") ?? [];
  return new URL(url ?? "no link:").pathname;
}

const subjects = (): unknown[] => smtp.mails.map(({ parsed }) => parsed.subject);

test("a client is told in its language, opens the link, repairs it, and hears no more of it", async () => {
  await loseAndTell();
  expect(smtp.mails).toMatchObject([
    {
      to: ["lucia@client.example"],
      parsed: {
        subject: "Mensajes de WhatsApp detenidos: Atlas Cycles",
        text: expect.stringContaining("Hola, Lucía:") as string,
        html: expect.stringContaining(linkOf()) as string,
      },
    },
  ]);
  expect(await history()).toMatchObject([{ state: "sent", language: "es", opened_at: null }]);

  const page = await app.ask("GET", linkOf(), undefined, PHONE);
  expect(page.status).toBe(200);
  expect(await history()).toMatchObject([{ opened_at: new Date(now).toISOString() }]);

  await restore();
  expect((await app.ask("GET", `/api/v1/wabas/${WABA}`)).body.status).toBe("live");
  await letPass(now + 10 * DAY);
  expect(smtp.mails).toHaveLength(1);
  expect(await history()).toHaveLength(1);
});

test("who does not repair it is reminded after 1, 3 and 7 more days, each time with a link that works", async () => {
  await loseAndTell();
  const began = now;
  for (let next = await dueAt(); next !== null && smtp.mails.length < 10; next = await dueAt()) {
    await pass(next - now);
    await turn();
    expect((await app.ask("GET", linkOf(), undefined, PHONE)).body).toContain("Atlas Cycles");
  }
  expect(begunAt.map((at) => Math.round((at - began) / HOUR))).toEqual([0, 24, 4 * 24, 11 * 24]);
  const subject = "Mensajes de WhatsApp detenidos: Atlas Cycles";
  expect(subjects()).toEqual([
    ...[subject, `Recordatorio: ${subject}`, `Recordatorio: ${subject}`, `Último recordatorio: ${subject}`],
  ]);
  await letPass(now + 90 * DAY);
  expect(smtp.mails).toHaveLength(4);
});

test("who says that it was on purpose hears no more", async () => {
  await loseAndTell();
  const said = await app.ask("POST", `${linkOf()}/intended`, undefined, { Accept: "application/json" });
  expect(said.status).toBe(200);
  await letPass(now + 30 * DAY);
  expect(smtp.mails).toHaveLength(1);
});

describe("a mail server that is odd", () => {
  test("it greylists: the mail arrives once", async () => {
    answers = ["451 greylisted, come back in five minutes", "451 still greylisted"];
    await loseAndTell();
    expect([smtp.mails, await history()]).toMatchObject([[], [{ state: "pending", attempts: 1 }]]);
    await letPass(now + 12 * HOUR);
    expect(smtp.mails).toHaveLength(1);
    expect(begunAt).toHaveLength(3);
    expect(await history()).toMatchObject([{ state: "sent", attempts: 3 }]);
  });

  test("it takes the mail and breaks off before it says so: nobody gets two", async () => {
    isCutAfterText = true;
    await loseAndTell();
    await letPass(now + 12 * HOUR);
    expect(smtp.mails).toHaveLength(1);
    expect(await history()).toMatchObject([
      {
        state: "unknown",
        attempts: 1,
        detail: expect.stringContaining("did not say whether it took it") as string,
      },
    ]);
  });

  test("it refuses the address: the next contact is told, and once", async () => {
    await contacts([LUCIA, { name: "Ben", email: "ben@client.example", language: "es" }]);
    answers = ["550 no such user"];
    await loseAndTell();
    await letPass(now + 12 * HOUR);
    expect(smtp.mails.map(({ to }) => to)).toEqual([["ben@client.example"]]);
    const told = (await history()).map(({ state, to }) => `${state} ${to}`);
    expect(told.toSorted()).toEqual(["bounced lucia@client.example", "sent ben@client.example"]);
  });
});
