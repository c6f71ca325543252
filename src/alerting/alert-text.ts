import { english } from "../messages/english.ts";
import type { Values } from "../messages/text.ts";
import type { AlertFigures, SignalFigure } from "./alert-figures.ts";
import type { AlertMessage, NotificationKind } from "./alert-message.ts";
import type { Alert } from "./alert.ts";
import { ALERT_RULES } from "./rules.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** So many losses are a surge: the title says how fast they came, and what is usual. */
const SURGE_COUNT = 3;

/** A duration for people: "40 s", "3 min", "2 h 5 min", "4 days". */
export function spanOf(ms: number): string {
  if (ms < MINUTE) return english("alerts.span.s", { n: Math.max(1, Math.round(ms / SECOND)) });
  if (ms < HOUR) return english("alerts.span.min", { n: Math.round(ms / MINUTE) });
  if (ms >= 2 * DAY) return english("alerts.span.d", { n: Math.round(ms / DAY) });
  const [h, min] = [Math.floor(ms / HOUR), Math.floor((ms % HOUR) / MINUTE)];
  return min === 0 ? english("alerts.span.h", { n: h }) : english("alerts.span.h_min", { h, min });
}

/** One line, such as "201 clients removed our access in 3 min, usually 3 a day". */
export function titleOf(alert: Alert, figures: AlertFigures): string {
  const { rule, cause, usualPerDay } = alert;
  const { count, clients, first } = countedOf(rule, figures);
  const values = {
    ...first.detail,
    ...{ cause: cause ?? "other", name: first.clientName ?? "", count, clients },
  };
  const title = titleWith(rule, count === 1 ? "one" : "many", values);
  const isSurge = usualPerDay !== null && figures.signalCount >= SURGE_COUNT;
  const usual = Math.round(usualPerDay ?? 0);
  const span = spanOf(figures.last.at - figures.first.at);
  const whole = isSurge ? english("alerts.surge", { title, span, usual }) : title;
  return alert.isObserved ? english("alerts.observed", { title: whole }) : whole;
}

/** Where a value is missing, its rule's name: a title that cannot be made holds up no alert and no list. */
function titleWith(rule: Alert["rule"], form: "one" | "many", values: Values): string {
  try {
    return english(`alerts.title.${rule}.${form}`, values);
  } catch {
    return english(`labels.alert_rule.${rule}`);
  }
}

/** What has happened counts all; what holds counts what is left of it, until nothing is. */
function countedOf(
  rule: Alert["rule"],
  figures: AlertFigures,
): { count: number; clients: number; first: SignalFigure } {
  const { signalCount, holdingCount, clientCount, holdingClientCount, first, firstHolding } = figures;
  if (HAPPENED.includes(rule) || holdingCount === 0)
    return { count: signalCount, clients: clientCount, first };
  return { count: holdingCount, clients: holdingClientCount, first: firstHolding };
}

/** Rules whose titles say what has happened. The others say what holds. */
const HAPPENED: readonly Alert["rule"][] = ["share_lost", "share_partial", "waba_disabled"];

/** What it means and what to do. */
export function sentencesOf({ rule, isObserved }: Pick<Alert, "rule" | "isObserved">): string[] {
  const meaning = isObserved ? "alerts.observed_meaning" : (`alerts.meaning.${rule}` as const);
  return [english(meaning), english(`alerts.todo.${rule}`)];
}

/** What a message needs beside the alert. */
export interface MessageContext {
  id: string;
  kind: NotificationKind;
  why: string;
  /** How many signals it had when it was last told. */
  toldCount: number;
  /** Our address without a slash at the end; null: it is not set. */
  publicUrl: string | null;
  now: number;
  /** The name of who acknowledged it; null: nobody did. */
  by: string | null;
}

/** What a channel is told, fixed with the decision to tell it. */
export function renderAlertMessage(
  alert: Alert,
  figures: AlertFigures,
  { id, kind, why, toldCount, publicUrl, now, by }: MessageContext,
): AlertMessage {
  const url = publicUrl === null ? null : `${publicUrl}/alerts/${alert.id}`;
  return {
    ...{ id, alertId: alert.id, kind, rule: alert.rule, severity: alert.severity },
    title: titleOf(alert, figures),
    lines: [
      ...newsOf(alert, figures, { kind, toldCount, now, by }),
      ...(kind === "resolved" ? [] : sentencesOf(alert)),
    ],
    facts: factsOf(alert, figures),
    ...{ startedAt: alert.startedAt, endedAt: alert.endedAt, url },
    acknowledgeUrl: url === null || kind === "resolved" ? null : `${url}?acknowledge=1`,
    why,
  };
}

/** Why there is a message now, beyond the alert itself. */
function newsOf(
  alert: Alert,
  figures: AlertFigures,
  { kind, toldCount, now, by }: Pick<MessageContext, "kind" | "toldCount" | "now" | "by">,
): string[] {
  const span = spanOf((alert.endedAt ?? now) - alert.startedAt);
  switch (kind) {
    case "opened":
      return [];
    case "grew":
      return [english("alerts.grew", { signals: figures.signalCount, before: toldCount })];
    case "acknowledged":
      return [english("alerts.acknowledged", { name: by ?? "" })];
    case "resolved":
      return [english(`alerts.ended.${endOf(figures)}`, { span })];
    default:
      return [english(`alerts.told.${kind}`, { span })];
  }
}

const endOf = ({ endedWhy }: AlertFigures): "resolved" | "replaced" | "set_aside" =>
  endedWhy === null || endedWhy === "over" ? "resolved" : endedWhy;

function factsOf(alert: Alert, figures: AlertFigures): AlertMessage["facts"] {
  const { signalCount, holdingCount, first, last } = figures;
  const facts: AlertMessage["facts"] = [];
  const add = (label: "cause" | "since" | "first" | "last" | "repaired", value: string): void =>
    void facts.push({ label: english(`alerts.fact.${label}`), value });
  const cause = causeLabelOf(alert);
  if (cause !== null) add("cause", cause);
  if (signalCount === 1) add("since", timeOf(first.at));
  else {
    add("first", whoAt(first));
    add("last", whoAt(last));
    const repaired = signalCount - holdingCount;
    add("repaired", english("alerts.repaired_of", { repaired, count: signalCount }));
  }
  return facts;
}

/** The label of its cause, or Meta's own word; null: it has none that the title does not say. */
function causeLabelOf({ cause, rule }: Pick<Alert, "cause" | "rule">): string | null {
  if (cause === null) return null;
  const key = `labels.${CAUSE_LABELS[rule] ?? "reason"}.${cause}`;
  if (english.has(key)) return english(key);
  const isInTitle = ALERT_RULES[rule].about === "own" || rule === "template_paused";
  return isInTitle ? null : cause;
}

const CAUSE_LABELS: Partial<Record<Alert["rule"], string>> = {
  setup_issue: "setup_check",
  meta_trouble: "incident_about",
};

const whoAt = ({ clientName, at }: SignalFigure): string =>
  clientName === null ? timeOf(at) : english("alerts.who_at", { name: clientName, at: timeOf(at) });

/** "2026-11-29 14:03 UTC". */
const timeOf = (at: number): string => `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
