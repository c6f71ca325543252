import type { MailOutcome } from "./mail.ts";

/** What the library adds to its errors. */
interface SmtpError extends Error {
  code?: string | undefined;
  command?: string | undefined;
  responseCode?: number | undefined;
}

/** The commands whose refusal is about this one mail; those before them are about us and the server. */
const ABOUT_THE_MAIL = /^(MAIL FROM|RCPT TO|DATA|API)$/;
const LONGEST_DETAIL = 500;

/** The server that was given the whole text is the only one who knows what became of the mail. */
const UNANSWERED = "the mail server was given the mail and did not say whether it took it: ";

/**
 * `refused` where the same mail would be refused again: a 5xx about sender, receiver or content. All else may
 * pass later: greylisting, a server that is down or hangs, and what a person must repair, such as a password.
 *
 * @param hasText whether the server was given any of the mail's text: then all but its own no is `unknown`
 */
export function judgeFailure(
  error: unknown,
  hasText = false,
): Pick<MailOutcome, "outcome" | "detail" | "isAddressAtFault"> {
  const { code, command, responseCode = 0, message } = failureOf(error);
  if (hasText && !(responseCode >= 400))
    return { outcome: "unknown", detail: detailOf(UNANSWERED + message) };
  const isRefused =
    (responseCode >= 500 && responseCode !== 503 && isAboutTheMail(code, command)) ||
    (responseCode === 0 && (code === "EENVELOPE" || code === "EMESSAGE"));
  const detail = detailOf(adviceOf(code) + message);
  return isRefused
    ? { outcome: "refused", detail, isAddressAtFault: isAddressAtFault({ command, responseCode, message }) }
    : { outcome: "deferred", detail };
}

/** Of RFC 3463: the address (5.1, but the sender's), its mailbox (5.2, but a mail too long), the route. */
const OF_THE_ADDRESS = /^(1\.(?![78]$)|2\.(?!3$)|4\.)/;

/** A server that refuses us, such as one that relays for others alone, says nothing about the address. */
function isAddressAtFault(fault: {
  command: string | undefined;
  responseCode: number;
  message: string;
}): boolean {
  const { command, responseCode, message } = fault;
  const [, status] = /\b5\d\d[ -]5\.(\d{1,3}\.\d{1,3})\b/.exec(message) ?? [];
  if (command === "RCPT TO" && status === undefined)
    return ![530, 535, 538].includes(responseCode) && !/relay/i.test(message);
  return command !== "MAIL FROM" && OF_THE_ADDRESS.test(status ?? "");
}

const failureOf = (error: unknown): SmtpError => (error instanceof Error ? error : new Error(String(error)));

const isAboutTheMail = (code: string | undefined, command: string | undefined): boolean =>
  code === "EMESSAGE" || (code === "EENVELOPE" && ABOUT_THE_MAIL.test(command ?? ""));

function adviceOf(code: string | undefined): string {
  if (code === "EAUTH") return "the mail server refuses the user or the password of SMTP_URL: ";
  if (code === "ETLS") return "no encrypted connection to the mail server (SMTP_URL, SMTP_TLS): ";
  return "";
}

/** One line, and no longer than a list can show. */
export const detailOf = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[\p{Cc}\u2028\u2029\ufffd]+/gu, " ")
    .trim()
    .slice(0, LONGEST_DETAIL)
    .toWellFormed();
