import { afterEach, expect, test } from "vitest";
import { startSmtpServer, type TestSmtpServer } from "../../test/support/smtp-server.ts";
import { parseConfig } from "../config/parse-config.ts";
import { systemClock } from "../lib/clock.ts";
import type { Examination } from "./check.ts";
import type { Finding } from "./finding.ts";
import { MAIL_CHECK } from "./mail-checks.ts";

let smtp: TestSmtpServer | undefined;
afterEach(async () => {
  await smtp?.stop();
  smtp = undefined;
});

const find = (env: Record<string, string>): Promise<Finding> => {
  const config = parseConfig(env, "sandbox");
  return MAIL_CHECK.run({ config, clock: systemClock } as Examination);
};

async function findAt(
  options: Parameters<typeof startSmtpServer>[0],
  env: Record<string, string> = {},
  user = "",
): Promise<Finding> {
  smtp = await startSmtpServer(options);
  return find({ SMTP_URL: `smtp://${user}127.0.0.1:${smtp.port}`, MAIL_FROM: "Us <us@example.com>", ...env });
}

const OPEN = { disabledCommands: ["STARTTLS"], allowInsecureAuth: true };

test("no mail server is fine", async () => {
  expect(await find({})).toMatchObject({ state: "ok", repair: null });
});

test("a server that takes our mail is shown, and gets none", async () => {
  const finding = await findAt(OPEN);
  expect(finding).toMatchObject({ state: "ok" });
  expect(finding.sentence).toContain("us@example.com");
  expect(smtp?.mails).toEqual([]);
});

test.each([
  ["there is no trustworthy encrypted connection", OPEN, { SMTP_TLS: "required" }, ""],
  ["there is no trustworthy encrypted connection", { secure: true }, { SMTP_URL: "smtps" }, ""],
  ["refuses the user or the password", OPEN, {}, "bob:wrong@"],
  [
    "takes no mail from us@example.com",
    {
      ...OPEN,
      onMailFrom: (_from: object, _session: object, done: (error: Error) => void) =>
        done(Object.assign(new Error("not yours"), { responseCode: 553 })),
    },
    {},
    "",
  ],
] as const)("%s", async (words, options, { SMTP_URL = "smtp", ...env }: Record<string, string>, user) => {
  smtp = await startSmtpServer({
    ...options,
    disabledCommands: [...("disabledCommands" in options ? options.disabledCommands : [])],
  });
  const finding = await find({
    SMTP_URL: `${SMTP_URL}://${user}127.0.0.1:${smtp.port}`,
    MAIL_FROM: "us@example.com",
    ...env,
  });
  expect(finding).toMatchObject({ state: "bad", repair: expect.any(String) as string });
  expect(finding.sentence).toContain(words);
  expect(finding.sentence).not.toContain("wrong");
});

test("a server that is not there", async () => {
  const { port, stop } = await startSmtpServer();
  await stop();
  const finding = await find({ SMTP_URL: `smtp://127.0.0.1:${port}`, MAIL_FROM: "us@example.com" });
  expect(finding).toMatchObject({ state: "bad" });
  expect(finding.sentence).toContain("cannot be reached");
});
