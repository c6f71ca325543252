import { afterEach, expect, test } from "vitest";
import { alertMessage } from "../../../test/support/alert-message.ts";
import { startSmtpServer, type TestSmtpServer } from "../../../test/support/smtp-server.ts";
import { parseConfig } from "../../config/parse-config.ts";
import { systemClock } from "../../lib/clock.ts";
import { openMailer, type Mailer } from "../../mail/open-mailer.ts";
import { sendAlertMails, type MailMessage } from "./send-alert-mails.ts";

const TO = ["anna@example.com", "bo@example.com"];

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A mail server that answers `refusals` with the words of its own for these addresses. */
async function serverOf(
  refusals: Record<string, [code: number, text: string]> = {},
): Promise<TestSmtpServer> {
  const server = await startSmtpServer({
    onRcptTo({ address }, _session, done) {
      const [responseCode, text] = refusals[address] ?? [];
      done(responseCode === undefined ? null : Object.assign(new Error(text), { responseCode }));
    },
  });
  closing.push(() => server.stop());
  return server;
}

function mailerTo(port: number): Mailer {
  const env = {
    SMTP_URL: `smtp://127.0.0.1:${port}`,
    SMTP_TLS: "off",
    MAIL_FROM: "Alerts <alerts@example.com>",
  };
  const mailer = openMailer(parseConfig(env, "sandbox"), { clock: systemClock });
  closing.push(() => mailer.close());
  return mailer;
}

const sent = (wish: Partial<MailMessage> = {}): MailMessage => ({
  ...{ message: alertMessage(), threadId: null, reached: [] },
  ...wish,
});

test("each address gets a mail of its own, with links, and the rest of the thread answers the first", async () => {
  const server = await serverOf();
  const deps = { mailer: mailerTo(server.port) };
  const outcome = await sendAlertMails(deps, { to: TO }, sent());
  expect(outcome).toMatchObject({ outcome: "sent", detail: "The mail server took 2 mails.", reached: TO });
  expect(server.mails.map(({ to }) => to).toSorted()).toEqual(TO.map((address) => [address]));
  const [{ parsed } = { parsed: undefined }] = server.mails;
  expect(parsed).toMatchObject({
    ...{ subject: "[Critical] Ada's Bakery removed our access", messageId: "<ntf_one@example.com>" },
  });
  expect(parsed?.html).toContain("https://hub.example.com/alerts/alr_one?acknowledge");
  expect(parsed?.text).toContain("Why you get this: route “On call”.");
  const over = alertMessage({ id: "ntf_two", kind: "resolved" });
  await sendAlertMails(deps, { to: TO.slice(0, 1) }, sent({ message: over, threadId: "ntf_one" }));
  expect(server.mails.at(-1)?.parsed).toMatchObject({
    ...{ subject: "[Resolved] Ada's Bakery removed our access", inReplyTo: "<ntf_one@example.com>" },
  });
});

test("after a failure those who have it get no second one", async () => {
  const refusals: Record<string, [number, string]> = { "bo@example.com": [451, "4.7.1 greylisted"] };
  const server = await serverOf(refusals);
  const deps = { mailer: mailerTo(server.port) };
  const first = await sendAlertMails(deps, { to: TO }, sent());
  expect(first).toMatchObject({ outcome: "later", reached: ["anna@example.com"] });
  expect(first.detail).toMatch(/^1 of 2 mails taken by the mail server\. bo@example\.com: .*greylisted/);
  delete refusals["bo@example.com"];
  const second = await sendAlertMails(deps, { to: TO }, sent({ reached: first.reached }));
  expect(second).toMatchObject({ outcome: "sent", reached: TO });
  expect(server.mails.map(({ to }) => to.join())).toEqual(TO);
});

test("an address that is refused for good is named, and not tried again", async () => {
  const server = await serverOf({ "bo@example.com": [550, "5.1.1 no such user"] });
  const outcome = await sendAlertMails({ mailer: mailerTo(server.port) }, { to: TO }, sent());
  expect(outcome).toMatchObject({ outcome: "refused", reached: ["anna@example.com"] });
  expect(outcome.detail).toContain("no such user");
});

test("a name is no header, no line of its own and no markup, and a gap is left out", async () => {
  const server = await serverOf();
  const rogue = "Ada\r\nBcc: all@example.com <script>";
  const message = alertMessage({ title: rogue, lines: ["", rogue], facts: [{ label: "First", value: "" }] });
  await sendAlertMails({ mailer: mailerTo(server.port) }, { to: TO.slice(0, 1) }, sent({ message }));
  const [mail] = server.mails;
  expect(mail?.to).toEqual(["anna@example.com"]);
  expect(mail?.parsed.bcc).toBeUndefined();
  expect(mail?.parsed.text).not.toMatch(/^Bcc/m);
  expect(mail?.parsed.html).not.toContain("<script>");
});

test("without a mail server the outcome names the setting", async () => {
  const mailer = openMailer(parseConfig({}, "sandbox"), { clock: systemClock });
  const outcome = await sendAlertMails({ mailer }, { to: TO.slice(0, 1) }, sent());
  expect(outcome).toMatchObject({ outcome: "refused", detail: expect.stringContaining("SMTP_URL") });
});

test("a mail that may have arrived is sent again, with the same id: the team rather has it twice", async () => {
  const server = await startSmtpServer({
    onData: (stream) => void stream.resume().on("end", () => server.cut()),
  });
  closing.push(() => server.stop());
  const outcome = await sendAlertMails(
    { mailer: mailerTo(server.port) },
    { to: ["anna@example.com"] },
    sent(),
  );
  expect(outcome).toMatchObject({ outcome: "later", reached: [] });
});
