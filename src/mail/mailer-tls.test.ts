import { afterEach, describe, expect, test } from "vitest";
import type { startSmtpServer } from "../../test/support/smtp-server.ts";
import { closeAll, closing, FROM, MAIL, mailerTo, server } from "../../test/support/test-mailer.ts";
import { parseConfig } from "../config/parse-config.ts";
import { systemClock } from "../lib/clock.ts";
import { openMailer } from "./open-mailer.ts";

afterEach(closeAll);

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
