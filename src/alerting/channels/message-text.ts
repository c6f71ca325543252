import { cutText } from "../../lib/cut-text.ts";
import { english } from "../../messages/english.ts";
import type { AlertMessage } from "../alert-message.ts";

/** The title with what has become of the alert, in one line. */
export function headlineOf({ kind, title }: Pick<AlertMessage, "kind" | "title">): string {
  return english(`alert_message.headline.${kind}`, { title: oneLineOf(title) });
}

export const whyOf = ({ why }: Pick<AlertMessage, "why">): string =>
  english("alert_message.why", { why: oneLineOf(why) });

/** Labels of the links to the Hub. */
export const openLabel = (): string => english("alert_message.open");
export const acknowledgeLabel = (): string => english("alert_message.acknowledge");

/** Whether the reader can still acknowledge it. */
export const canAcknowledge = ({ kind, acknowledgeUrl }: AlertMessage): boolean =>
  acknowledgeUrl !== null && kind !== "resolved" && kind !== "acknowledged" && kind !== "test";

/** Without line breaks, tabs and other control characters, and without what turns the direction of text. */
export function oneLineOf(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069\s]+/gu, " ").trim();
}

/** At most `limit` UTF-16 units; a text that is cut ends in an ellipsis. */
export function shortened(text: string, limit: number): string {
  return text.length <= limit ? text.toWellFormed() : `${cutText(text, limit - 1).trimEnd()}…`;
}

/** Whole lines as long as there is room, then an ellipsis. */
export function shortenedLines(lines: readonly string[], limit: number): string {
  return shortened(lines.map(oneLineOf).join("\n"), limit);
}

export type Tone = AlertMessage["severity"] | "resolved";

export const toneOf = ({ kind, severity }: Pick<AlertMessage, "kind" | "severity">): Tone =>
  kind === "resolved" ? "resolved" : severity;

/** What a receiver that shows no colours has in front of the headline. */
export const LAMPS: Record<Tone, string> = { critical: "🔴", warning: "🟠", info: "🔵", resolved: "🟢" };

export const COLORS: Record<Tone, number> = {
  critical: 0xd92d20,
  warning: 0xf79009,
  info: 0x2e90fa,
  resolved: 0x12b76a,
};
