import { z } from "zod";
import { wholeNumber } from "./formats.ts";
import { everywhere, option } from "./option.ts";

/** The settings of messages to clients: a part of OPTIONS. */
export const CLIENT_MESSAGE_OPTIONS = {
  clientMessages: option({
    name: "CLIENT_MESSAGES",
    description:
      "How clients are told that they must act: docs/guides/client-messages.md. `email`: Sharekeeper writes to their contacts; it needs `SMTP_URL`. `event`: the event `client_message.requested` asks you to. `off`: only your people write, from the Hub.",
    expects: "off, email or event",
    schema: z.enum(["off", "email", "event"]),
    ...everywhere("off"),
  }),
  clientReminders: option({
    name: "CLIENT_REMINDERS",
    description:
      "How many reminders follow the first message of a loss at most: 1, 3, 7, 14 and then every 30 days later.",
    expects: "a whole number from 0 to 10",
    schema: wholeNumber(0, 10),
    ...everywhere("3"),
  }),
} as const;

/** Whether what is set can send. */
export function clientMessageFaultsOf(config: {
  clientMessages: string;
  smtpServer: object | undefined;
}): string[] {
  if (config.clientMessages !== "email" || config.smtpServer !== undefined) return [];
  return [
    "CLIENT_MESSAGES is email, and SMTP_URL is missing: no mail could be sent. " +
      "Set SMTP_URL and MAIL_FROM; or set CLIENT_MESSAGES to off or event.",
  ];
}
