import { english } from "../messages/english.ts";
import { spanOf } from "./alert-text.ts";
import { ALERT_RULES, GROUP_WITHIN_S, INHIBITED_BY, SETTLE_AT_MOST_S, type RuleId } from "./rules.ts";

const RULES = Object.keys(ALERT_RULES) as RuleId[];

const periodOf = (seconds: number): string => (seconds === 0 ? "at once" : spanOf(seconds * 1000));

/** The manual page of all rules (docs/reference/alerts.md). */
export function renderAlertRules(): string {
  const [group, longest] = [GROUP_WITHIN_S, SETTLE_AT_MOST_S].map(periodOf);
  return [
    "# Alert rules",
    "",
    "Made from the table of rules; do not edit. How alerts are sent: [Alerts](../guides/alerts.md).",
    "",
    `WABAs that fall for one cause within ${group} of one another are one alert.`,
    "",
    "- *Held*: how long something must hold before people are told.",
    `- *Settled*: people are told once nothing has joined for this long, ${longest} after the first at most.`,
    "- *Over*: how long it must be over before the alert is resolved. What comes back before belongs to it.",
    "",
    "A WABA in observe mode raises the same alerts with severity `info`: nothing was stopped.",
    "",
    ...tableOf(
      ["rule", "name", "severity", "held", "settled", "over"],
      RULES.map((rule) => {
        const { severity, pendingS, settleS, keepFiringS } = ALERT_RULES[rule];
        const periods = [pendingS, settleS, keepFiringS].map(periodOf);
        return [`\`${rule}\``, english(`labels.alert_rule.${rule}`), severity, ...periods];
      }),
    ),
    "",
    "## What each means, and what to do",
    "",
    ...tableOf(
      ["rule", "what it means", "what to do"],
      RULES.map((rule) => [`\`${rule}\``, english(`alerts.meaning.${rule}`), english(`alerts.todo.${rule}`)]),
    ),
    "",
    "## Alerts that explain others",
    "",
    "While an alert of the first rule fires, people are not told of the others. What still holds is told then.",
    "",
    ...tableOf(
      ["rule", "explains"],
      Object.entries(INHIBITED_BY).map(([rule, others]) => [
        `\`${rule}\``,
        others.map((other) => `\`${other}\``).join(", "),
      ]),
    ),
    "",
  ].join("\n");
}

const tableOf = (head: readonly string[], rows: readonly (readonly string[])[]): string[] =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
