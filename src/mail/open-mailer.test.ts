import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { startSmtpServer } from "../../test/support/smtp-server.ts";
import { closeAll, closing, FROM, MAIL, mailerTo, server } from "../../test/support/test-mailer.ts";
import { parseConfig } from "../config/parse-config.ts";
import { systemClock } from "../lib/clock.ts";
import { openMailer } from "./open-mailer.ts";

afterEach(closeAll);

/** A server that does as it likes. */
async function oddServer(onConnection: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const odd = createServer((socket) => {
    sockets.add(socket.on("error", () => undefined));
    onConnection(socket);
  });
  odd.listen(0, "127.0.0.1");
  await once(odd, "listening");
  closing.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => odd.close(resolve));
  });
  return (odd.address() as AddressInfo).port;
}

const refusal = (responseCode: number, text: string): Error =>
  Object.assign(new Error(text), { responseCode });

describe("a mail that arrives", () => {
  test("is read back with everything that was given", async () => {
    const smtp = await server();
    const outcome = await mailerTo(smtp.port, { MAIL_REPLY_TO: "desk@example.com" }).send({
      ...MAIL,
      inReplyTo: "mail_0",
      language: "pt",
      headers: {
        "List-Unsubscribe": "<https://share.example.com/u/1>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
      },
    });
    expect(outcome).toMatchObject({ outcome: "sent", detail: expect.stringContaining("250") as string });
    const [mail] = smtp.mails;
    expect(mail).toMatchObject({ from: "whatsapp@example.com", to: ["anna@client.example"] });
    expect(mail?.parsed).toMatchObject({
      subject: "Messages have stopped",
      messageId: "<mail_1@example.com>",
      inReplyTo: "<mail_0@example.com>",
      references: "<mail_0@example.com>",
      text: "Hello Anna",
      html: "<p>Hello <b>Anna</b></p>",
    });
    expect(mail?.parsed.from?.value).toEqual([{ name: "Example WhatsApp", address: "whatsapp@example.com" }]);
    expect(mail?.parsed.replyTo?.value).toEqual([{ name: "", address: "desk@example.com" }]);
    expect(Object.fromEntries(mail?.parsed.headers ?? [])).toMatchObject({
      "auto-submitted": "auto-generated",
      "x-auto-response-suppress": "OOF, AutoReply",
      "content-language": "pt",
      list: { unsubscribe: { url: "https://share.example.com/u/1" } },
    });
  });

  test("has the time of the clock, and no html part when there is none", async () => {
    const smtp = await server();
    const config = parseConfig(
      { SMTP_URL: `smtp://127.0.0.1:${smtp.port}`, SMTP_TLS: "off", MAIL_FROM: FROM },
      "sandbox",
    );
    const at = Date.UTC(2027, 0, 2, 3, 4, 5);
    const mailer = openMailer(config, { clock: { ...systemClock, now: () => at } });
    closing.push(() => mailer.close());
    await mailer.send({ ...MAIL, html: null });
    expect(smtp.mails[0]?.parsed.date?.getTime()).toBe(at);
    expect(smtp.mails[0]?.parsed.html).toBe(false);
  });

  test("carries any script in subject, name and address; no line is longer than RFC 5322 allows", async () => {
    const smtp = await server();
    const subject = `Ваши сообщения остановлены 🚫 ${"très long ".repeat(20)}`.trim();
    const mailer = mailerTo(smtp.port, { MAIL_FROM: "例え株式会社 <hallo@müller.example>" });
    expect(await mailer.send({ ...MAIL, to: "用户@例子.example", subject })).toMatchObject({
      outcome: "sent",
    });
    const [mail] = smtp.mails;
    expect(mail?.parsed.subject).toBe(subject);
    expect(mail?.parsed.from?.value[0]?.name).toBe("例え株式会社");
    expect([mail?.from, mail?.to]).toEqual(["hallo@müller.example", ["用户@例子.example"]]);
    expect(mail?.parsed.messageId).toBe("<mail_1@xn--mller-kva.example>");
    expect(Math.max(...(mail?.raw.split("\r\n") ?? []).map((line) => Buffer.byteLength(line)))).toBeLessThan(
      999,
    );
  });

  test("gets no header from what is in its texts", async () => {
    const smtp = await server();
    const mailer = mailerTo(smtp.port);
    await mailer.send({
      ...MAIL,
      id: "a b\r\nBcc: x@evil.example",
      subject: "Hello\r\nBcc: x@evil.example\u2028X-Own: 1\n\nbody",
      language: "en\r\nBcc: x@evil.example",
      headers: { "List-Id": "one\r\nBcc: x@evil.example" },
    });
    const [mail] = smtp.mails;
    expect(mail?.to).toEqual([MAIL.to]);
    expect(mail?.parsed.bcc).toBeUndefined();
    expect(mail?.parsed.subject).toBe("Hello Bcc: x@evil.example X-Own: 1 body");
    expect(mail?.raw).not.toMatch(/^(Bcc|X-Own)/im);
    expect(mail?.parsed.text).toBe(MAIL.text);
  });

  test.each(["Bcc", "from", "Content-Type", "X Own", "X-Own:\r\nBcc", "Subject"])(
    "a caller may not set %j",
    async (name) => {
      const smtp = await server();
      await expect(mailerTo(smtp.port).send({ ...MAIL, headers: { [name]: "1" } })).rejects.toThrow(
        "a mail may set",
      );
      expect(smtp.mails).toEqual([]);
    },
  );
});

describe("an address that is none", () => {
  test.each([
    "",
    "anna",
    "a@b.example, c@d.example",
    "Anna <a@b.example>",
    "a@b.example\r\nRCPT TO:<c@d.example>",
    "a@b.example\0",
  ])("%j is refused and the server is not asked", async (to) => {
    const smtp = await server();
    expect(await mailerTo(smtp.port).send({ ...MAIL, to })).toMatchObject({ outcome: "refused" });
    expect(smtp.connections()).toBe(0);
  });
});

describe("without settings", () => {
  test("nothing is sent, and the answer says what to set", async () => {
    const mailer = openMailer(parseConfig({}, "sandbox"), { clock: systemClock });
    expect(mailer.isSetUp).toBe(false);
    expect(await mailer.send(MAIL)).toEqual({
      outcome: "refused",
      detail: "no mail server is set: set SMTP_URL",
      tookMs: 0,
    });
    await mailer.close();
  });
});

describe("a server that refuses", () => {
  test.each([
    [451, "deferred", "greylisted, come back in five minutes"],
    [452, "deferred", "too many recipients"],
    [550, "refused", "no such user"],
    [552, "refused", "mailbox full for good"],
  ] as const)("%i for the receiver: %s", async (status, outcome, text) => {
    const smtp = await server({ onRcptTo: (_to, _session, done) => done(refusal(status, text)) });
    const answer = await mailerTo(smtp.port).send(MAIL);
    expect(answer).toMatchObject({ outcome, detail: expect.stringContaining(`${status}`) as string });
    expect(answer.detail).toContain(text);
  });

  test.each([
    [554, "refused"],
    [451, "deferred"],
    [421, "deferred"],
  ] as const)("%i for the content: %s", async (status, outcome) => {
    const smtp = await server({
      onData: (stream, _session, done) => void stream.resume().on("end", () => done(refusal(status, "spam"))),
    });
    expect(await mailerTo(smtp.port).send(MAIL)).toMatchObject({ outcome });
  });

  test.each([
    ["RCPT", 550, "no such user", true],
    ["RCPT", 550, "5.1.1 unknown", true],
    ["RCPT", 550, "5.2.1 disabled", true],
    ["RCPT", 550, "5.4.1 access denied", true],
    ["RCPT", 550, "5.1.8 bad sender", false],
    ["RCPT", 550, "5.7.1 blocked", false],
    ["RCPT", 554, "Relay access denied", false],
    ["MAIL", 553, "5.1.1 sender unknown", false],
    ["DATA", 550, "5.1.1 unknown", true],
    ["DATA", 552, "5.2.3 too long", false],
    ["DATA", 554, "spam", false],
  ] as const)("%s %i %s: whether the address is at fault: %s", async (command, status, text, isAtFault) => {
    const no = refusal(status, text);
    const smtp = await server({
      ...(command === "MAIL" && { onMailFrom: (_from, _session, done) => done(no) }),
      ...(command === "RCPT" && { onRcptTo: (_to, _session, done) => done(no) }),
      ...(command === "DATA" && {
        onData: (stream, _session, done) => void stream.resume().on("end", () => done(no)),
      }),
    });
    const answer = await mailerTo(smtp.port).send(MAIL);
    expect(answer).toMatchObject({ outcome: "refused", isAddressAtFault: isAtFault });
  });

  test("the next mail goes over the same connection", async () => {
    const smtp = await server({
      onRcptTo: ({ address }, _session, done) =>
        done(address.startsWith("gone") ? refusal(550, "no such user") : null),
    });
    const mailer = mailerTo(smtp.port);
    const outcomes = [];
    for (const to of [
      "gone@client.example",
      "anna@client.example",
      "gone@client.example",
      "ben@client.example",
    ])
      outcomes.push((await mailer.send({ ...MAIL, to })).outcome);
    expect(outcomes).toEqual(["refused", "sent", "refused", "sent"]);
    expect(smtp.mails.map(({ to }) => to)).toEqual([["anna@client.example"], ["ben@client.example"]]);
    expect(smtp.connections()).toBe(1);
  });

  test("the whole service, at its greeting: it may come back", async () => {
    const smtp = await server({ onConnect: (_session, done) => done(refusal(554, "no service for you")) });
    expect(await mailerTo(smtp.port).send(MAIL)).toMatchObject({ outcome: "deferred" });
  });

  test("a wrong password may be repaired, and is in no answer", async () => {
    const smtp = await server();
    const mailer = mailerTo(smtp.port, {
      SMTP_URL: `smtp://bob:s3cret%2F@127.0.0.1:${smtp.port}`,
      SMTP_TLS: "required",
    });
    const answer = await mailer.send(MAIL);
    expect(answer).toMatchObject({
      outcome: "deferred",
      detail: expect.stringContaining("SMTP_URL") as string,
    });
    expect(answer.detail).not.toContain("s3cret");
    expect(smtp.mails).toEqual([]);
  });
});

describe("a server that is not well", () => {
  test("down: deferred, and the next mail after its return is sent", async () => {
    const first = await startSmtpServer();
    const mailer = mailerTo(first.port);
    expect(await mailer.send(MAIL)).toMatchObject({ outcome: "sent" });
    await first.stop();
    const down = await mailer.send(MAIL);
    expect(down).toMatchObject({
      outcome: "deferred",
      detail: expect.stringContaining("ECONNREFUSED") as string,
    });
  });

  test("it closed the connection between two mails: the second goes over a new one", async () => {
    const smtp = await server();
    const mailer = mailerTo(smtp.port);
    expect(await mailer.send(MAIL)).toMatchObject({ outcome: "sent" });
    smtp.cut();
    expect(await mailer.send(MAIL)).toMatchObject({ outcome: "sent" });
    expect(smtp.mails).toHaveLength(2);
  });

  test.each([
    ["never greets", () => undefined],
    ["greets and hangs", (socket: Socket) => void socket.write("220 mail\r\n")],
    [
      "sends one byte after the other for ever",
      (socket: Socket) => {
        const more = (): void => void (socket.destroyed || (socket.write("2"), setImmediate(more)));
        more();
      },
    ],
  ])("one that %s: deferred at the time limit, and the connection is closed", async (_name, behave) => {
    const closed = Promise.withResolvers<undefined>();
    const port = await oddServer((socket) => {
      socket.on("close", () => closed.resolve(undefined)).resume();
      behave(socket);
    });
    const answer = await mailerTo(port, {}, { timeoutMs: 60 }).send(MAIL);
    expect(answer).toMatchObject({ outcome: "deferred" });
    await closed.promise;
  });

  test.each([
    "HTTP/1.1 400 Bad Request\r\n\r\n",
    "\0\x01\x02\r\n",
    "250 hello\r\n250 hello\r\n",
    "x".repeat(100_000),
  ])("one that answers with garbage (%#) : deferred", async (garbage) => {
    const port = await oddServer((socket) => void socket.end(garbage));
    expect(await mailerTo(port, {}, { timeoutMs: 2_000 }).send(MAIL)).toMatchObject({ outcome: "deferred" });
  });

  test("one that breaks off in the middle: deferred", async () => {
    const smtp = await server({ onMailFrom: () => smtp.cut() });
    expect(await mailerTo(smtp.port).send(MAIL)).toMatchObject({ outcome: "deferred" });
  });

  test("a slow mail holds up none beside it", async () => {
    const slow = Promise.withResolvers<undefined>();
    const smtp = await server({
      onRcptTo: ({ address }, _session, done) => {
        if (address.startsWith("slow")) void slow.promise.then(() => done());
        else done();
      },
    });
    const mailer = mailerTo(smtp.port, { SMTP_CONNECTIONS: "2" });
    const held = mailer.send({ ...MAIL, to: "slow@client.example" });
    for (const to of ["anna@client.example", "ben@client.example"])
      expect(await mailer.send({ ...MAIL, to })).toMatchObject({ outcome: "sent" });
    slow.resolve(undefined);
    expect(await held).toMatchObject({ outcome: "sent" });
  });

  test("no more connections than allowed, and none waits without end for one", async () => {
    const port = await oddServer(() => undefined);
    const mailer = mailerTo(port, { SMTP_CONNECTIONS: "1" }, { timeoutMs: 60 });
    const answers = await Promise.all(Array.from({ length: 5 }, () => mailer.send(MAIL)));
    for (const { outcome } of answers) expect(outcome).toBe("deferred");
    expect(answers.some(({ detail }) => detail.includes("connections were busy"))).toBe(true);
  });
});

describe("a server that was given the text of a mail and never answers: nobody knows whether it arrived", () => {
  test("it breaks off", async () => {
    const smtp = await server({
      onData: (stream) => void stream.resume().on("end", () => smtp.cut()),
    });
    expect(await mailerTo(smtp.port).send(MAIL)).toMatchObject({
      outcome: "unknown",
      detail: expect.stringContaining("did not say whether it took it") as string,
    });
  });

  test("it answers with something that is no status", async () => {
    const answers = ["250 mail", "250 from", "250 to", "354 go on", "hello\r\n?"];
    const port = await oddServer((socket) => {
      socket.write("220 mail\r\n");
      socket.on("data", () => void socket.write(`${answers.shift() ?? ""}\r\n`));
    });
    expect(await mailerTo(port).send(MAIL)).toMatchObject({ outcome: "unknown" });
  });

  test.each([
    ["the time limit of the mail", 21_000, "no answer within 21 s"],
    ["the stop of this program", 5_000, "Sharekeeper is stopping"],
  ])("it hangs until %s", async (_name, endsAfterMs, why) => {
    const given = Promise.withResolvers<undefined>();
    const smtp = await server({ onData: (stream) => void stream.resume().on("end", given.resolve) });
    // Of all that is waited for, this alone comes to its end, and not before the server has the text.
    const pause = (ms: number): Promise<void> => (ms === endsAfterMs ? given.promise : new Promise(() => {}));
    const mailer = mailerTo(smtp.port, {}, { timeoutMs: 21_000, clock: { ...systemClock, pause } });
    const sending = mailer.send(MAIL);
    await given.promise;
    await mailer.close();
    const { outcome, detail } = await sending;
    expect(outcome).toBe("unknown");
    expect(detail).toContain(why);
  });
});

describe("the end", () => {
  test("waits for the mails under way and takes no more", async () => {
    const smtp = await server();
    const mailer = mailerTo(smtp.port);
    const sending = mailer.send(MAIL);
    await mailer.close();
    expect(await sending).toMatchObject({ outcome: "sent" });
    expect(await mailer.send(MAIL)).toMatchObject({ outcome: "deferred", detail: "Sharekeeper is stopping" });
    await expect.poll(() => smtp.open()).toBe(0);
  });
});
