import { isLoopback } from "../lib/loopback.ts";
import { checkMailServer, type MailServerCheck } from "../mail/check-mail-server.ts";
import { smtpSettingsOf } from "../mail/open-mailer.ts";
import type { Check } from "./check.ts";
import { speakerOf } from "./finding.ts";

const says = speakerOf("mail");

const OUTCOMES = {
  connection: "unreached",
  tls: "not_encrypted",
  login: "login_refused",
  sender: "sender_refused",
} as const satisfies Record<NonNullable<MailServerCheck["failed"]>, string>;

const mail: Check = {
  id: "mail",
  needs: ["settings"],
  async run({ config, clock }) {
    const settings = smtpSettingsOf(config);
    const sender = config.mailFrom;
    if (settings === null || sender === undefined) return says("ok", "unused");
    const { host, port, isTls } = settings.server;
    const names = { server: `${host}:${port}`, sender: sender.address };
    const { failed, detail } = await checkMailServer({ clock }, settings, sender.address);
    if (failed !== null) return says("bad", OUTCOMES[failed], { ...names, detail });
    const isSafe = isTls || settings.tls === "required" || isLoopback(host);
    return isSafe ? says("ok", "ready", names) : says("warning", "open", names);
  },
};

export const MAIL_CHECK: Check = mail;
