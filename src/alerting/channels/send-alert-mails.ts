import type { Mailer } from "../../mail/open-mailer.ts";
import { renderAlertMail } from "../../mail/render-alert-mail.ts";
import { english } from "../../messages/english.ts";
import type { AlertMessage, ChannelOutcome } from "../alert-message.ts";
import type { SettingsOf } from "./alert-channel.ts";
import {
  acknowledgeLabel,
  canAcknowledge,
  headlineOf,
  oneLineOf,
  openLabel,
  shortened,
  whyOf,
} from "./message-text.ts";

export interface MailMessage {
  message: AlertMessage;
  /** The id of the first mail about its alert; null: this is the first. */
  threadId: string | null;
  /** Addresses that have it already, from earlier attempts. */
  reached: readonly string[];
}

/** What came of it, and which addresses have it by now. */
export interface MailsOutcome extends ChannelOutcome {
  reached: string[];
}

const SAID = 300;

/**
 * Sends a mail to each address that has none of this message yet: where one is refused or put off, the others
 * get no second one. Only a message that all of them took is sent. Where nobody knows whether a mail arrived,
 * the team rather has it twice than not at all.
 */
export async function sendAlertMails(
  { mailer }: { mailer: Mailer },
  { to }: SettingsOf<"email">,
  sent: MailMessage,
): Promise<MailsOutcome> {
  const rendered = renderAlertMail(mailOf(sent.message));
  const mails = await Promise.all(
    to
      .filter((address) => !sent.reached.includes(address))
      .map(async (address) => ({
        address,
        ...(await mailer.send({
          ...{ id: sent.message.id, to: address, ...rendered },
          ...(sent.threadId !== null && { inReplyTo: sent.threadId }),
        })),
      })),
  );
  const failed = mails.filter(({ outcome }) => outcome !== "sent");
  const reached = to.filter((address) => !failed.some((mail) => mail.address === address));
  const said = shortened(failed.map(({ address, detail }) => `${address}: ${detail}`).join("; "), SAID);
  const count = reached.length;
  return {
    outcome:
      failed.length === 0
        ? "sent"
        : failed.some(({ outcome }) => outcome !== "refused")
          ? "later"
          : "refused",
    detail:
      failed.length === 0
        ? english("channel_outcome.mailed", { count })
        : english("channel_outcome.not_mailed", { count, all: to.length, said }),
    tookMs: Math.max(0, ...mails.map(({ tookMs }) => tookMs)),
    ...{ waitMs: null, reached },
  };
}

function mailOf(message: AlertMessage): Parameters<typeof renderAlertMail>[0] {
  const { kind } = message;
  // The mail says by itself that something is over, or a test.
  const isSaid = kind === "resolved" || kind === "test";
  return {
    title: isSaid ? oneLineOf(message.title) : headlineOf(message),
    severity: message.severity,
    state: isSaid ? kind : "firing",
    lines: message.lines.map(oneLineOf).filter((line) => line !== ""),
    facts: message.facts.filter(({ label, value }) => label.trim() !== "" && value.trim() !== ""),
    actions: [
      ...(message.url === null ? [] : [{ label: openLabel(), url: message.url }]),
      ...(canAcknowledge(message) ? [{ label: acknowledgeLabel(), url: message.acknowledgeUrl ?? "" }] : []),
    ],
    why: whyOf(message),
  };
}
