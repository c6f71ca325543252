import { afterEach, describe, expect, test } from "vitest";
import { SMTP_CERTIFICATE, startSmtpServer, type TestSmtpServer } from "../../test/support/smtp-server.ts";
import { parseConfig } from "../config/parse-config.ts";
import { systemClock, type Clock } from "../lib/clock.ts";
import { openMailer, type Mail, type Mailer } from "./open-mailer.ts";

const FROM = "Example WhatsApp <whatsapp@example.com>";
const MAIL: Mail = {
  id: "mail_1",
  to: "anna@client.example",
  subject: "Messages have stopped",
  text: "Hello Anna",
  html: "<p>Hello <b>Anna</b></p>",
};

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function server(options?: Parameters<typeof startSmtpServer>[0]): Promise<TestSmtpServer> {
  const started = await startSmtpServer(options);
  closing.push(() => started.stop());
  return started;
}

type Env = Readonly<Record<string, string>>;

function mailerTo(
  port: number,
  env: Env = {},
  { timeoutMs, clock = systemClock }: { timeoutMs?: number; clock?: Clock } = {},
): Mailer {
  const config = parseConfig(
    { SMTP_URL: `smtp://127.0.0.1:${port}`, SMTP_TLS: "off", MAIL_FROM: FROM, ...env },
    "sandbox",
  );
  const mailer = openMailer(
    { ...config, ...(timeoutMs !== undefined && { smtpTimeoutMs: timeoutMs }) },
    { clock, authorities: SMTP_CERTIFICATE },
  );
  closing.push(() => mailer.close());
  return mailer;
}

describe("TLS", () => {
  const users = {
    onAuth: (auth, _session, done) =>
      done(null, auth.password === "s3cret/" ? { user: auth.username } : { message: "wrong" }),
  } satisfies Parameters<typeof startSmtpServer>[0];

  test("by STARTTLS, with user and password", async () => {
    const smtp = await server({ ...users, authOptional: false });
    const mailer = mailerTo(smtp.port, {
      SMTP_URL: `smtp://bob:s3cret%2F@localhost:${smtp.port}`,
      SMTP_TLS: "required",
    });
    expect(await mailer.send(MAIL)).toMatchObject({ outcome: "sent" });
    expect(smtp.mails[0]).toMatchObject({ user: "bob", isEncrypted: true });
  });

  test("from the first byte", async () => {
    const smtp = await server({ secure: true });
    const mailer = mailerTo(smtp.port, { SMTP_URL: `smtps://127.0.0.1:${smtp.port}`, SMTP_TLS: "" });
    expect(await mailer.send(MAIL)).toMatchObject({ outcome: "sent" });
    expect(smtp.mails[0]?.isEncrypted).toBe(true);
  });

  test("required, and not offered: nothing is sent in the open", async () => {
    const smtp = await server({ disabledCommands: ["STARTTLS"] });
    const answer = await mailerTo(smtp.port, { SMTP_TLS: "required" }).send(MAIL);
    expect(answer).toMatchObject({
      outcome: "deferred",
      detail: expect.stringContaining("SMTP_TLS") as string,
    });
    expect(smtp.mails).toEqual([]);
  });

  test("on this machine a server without it will do, and one with it is asked for it", async () => {
    for (const [disabledCommands, isEncrypted] of [
      [["STARTTLS"], false],
      [[], true],
    ] as const) {
      const smtp = await server({ disabledCommands: [...disabledCommands] });
      expect(await mailerTo(smtp.port, { SMTP_TLS: "" }).send(MAIL)).toMatchObject({ outcome: "sent" });
      expect(smtp.mails[0]?.isEncrypted).toBe(isEncrypted);
    }
  });

  test("a certificate of nobody known is not accepted", async () => {
    const smtp = await server({ secure: true });
    const config = parseConfig({ SMTP_URL: `smtps://127.0.0.1:${smtp.port}`, MAIL_FROM: FROM }, "sandbox");
    const mailer = openMailer(config, { clock: systemClock });
    closing.push(() => mailer.close());
    expect(await mailer.send(MAIL)).toMatchObject({ outcome: "deferred" });
    expect(smtp.mails).toEqual([]);
  });
});
