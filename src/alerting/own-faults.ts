import type { KnownWebhookCheck, WebhookCheckOutcome } from "../connection/webhook-check.ts";
import { cutOffOf, newestOf, type Subject } from "../meta/cut-off-dates.ts";
import type { OwnReadings } from "./own-readings-store.ts";
import type { RuleId } from "./rules.ts";
import type { Signal } from "./signal.ts";

/** What is known of this Sharekeeper itself. Pure: turns it into what people must know. */
export interface OwnState extends OwnReadings {
  webhookChecks: ReadonlyMap<string, readonly KnownWebhookCheck[]>;
  /** Of the disk with DATA_DIR, in bytes; null: the data is in PostgreSQL, whose disk is not seen. */
  disk: { free: number; total: number } | null;
  versions: Readonly<Record<Subject, string>>;
  /** How often each share is probed. */
  sweepPeriodMs: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A receiver that is restarted fails for a while. */
const ENDPOINT_FAILS_FOR = 30 * MINUTE;
/** So many losses in a day that Meta did not announce, and none that it did: its webhooks do not arrive. */
const UNANNOUNCED_LOSSES = 3;
/** The smallest part of the disk, and the fewest bytes, that are left before people must act. */
const LEAST_FREE = { share: 0.1, bytes: 1024 ** 3 };
const SECRET_OLD_AFTER = 365 * DAY;
/** Probes may wait a little: a tenth of the sweep's period, and five minutes at least. */
const lateAfter = (sweepPeriodMs: number): number => Math.max(sweepPeriodMs / 10, 5 * MINUTE);

const RULE_OF_OUTCOME: Partial<Record<WebhookCheckOutcome, RuleId>> = {
  token_dead: "token_dead",
  token_lacks_scopes: "token_dead",
  token_ends_soon: "token_expires",
  not_subscribed: "webhooks_missing",
  inactive: "webhooks_missing",
  lacks_account_update: "webhooks_missing",
  foreign_callback: "webhooks_missing",
  does_not_answer: "webhooks_missing",
  certificate_ends_soon: "certificate_expires",
  certificate_refused: "certificate_expires",
};

/** The rules of what is found here. */
export const OWN_FAULT_RULES: readonly RuleId[] = [
  ...new Set(Object.values(RULE_OF_OUTCOME)),
  ...(["probes_behind", "endpoint_failing", "channel_failing", "client_mail_failing"] as const),
  ...(["disk_full", "version_ends", "secret_old"] as const),
];

/** Everything that is wrong with us now, or soon. Each subject appears once under a rule. */
export function ownFaultsOf(state: OwnState, now: number): Signal[] {
  return [
    ...checkFaultsOf(state),
    ...silenceOf(state, now),
    ...lateProbesOf(state, now),
    ...deliveryFaultsOf(state, now),
    ...diskFaultsOf(state, now),
    ...versionEndsOf(state, now),
    ...oldSecretsOf(state, now),
  ];
}

const own = (
  rule: RuleId,
  subject: string,
  beganAt: number,
  detail: Signal["detail"] = {},
  cause: string | null = null,
): Signal => ({ rule, subject, assetId: null, cause, beganAt, detail });

function checkFaultsOf({ webhookChecks }: OwnState): Signal[] {
  return [...webhookChecks].flatMap(([connectionId, checks]) =>
    checks.flatMap(({ check, outcome, detail, since }) => {
      const rule = RULE_OF_OUTCOME[outcome];
      if (rule === undefined) return [];
      const { ends_at: endsAt, ...rest } = detail;
      const told = endsAt === undefined ? rest : { ...rest, date: endsAt.slice(0, 10) };
      return [own(rule, `${check}:${connectionId}`, since, told, outcome)];
    }),
  );
}

function silenceOf({ losses }: OwnState, now: number): Signal[] {
  const isSilent = losses.announced === 0 && losses.probed >= UNANNOUNCED_LOSSES;
  return isSilent
    ? [own("webhooks_missing", "silence", now, { losses: losses.probed }, "unannounced_losses")]
    : [];
}

function lateProbesOf({ longestDueAt, sweepPeriodMs }: OwnState, now: number): Signal[] {
  if (longestDueAt === null || now - longestDueAt <= lateAfter(sweepPeriodMs)) return [];
  const minutes = Math.round((now - longestDueAt) / MINUTE);
  // From now on: after a stop all are late at first, and soon made up for.
  return [own("probes_behind", "probes", now, { minutes })];
}

function deliveryFaultsOf({ endpoints, channels, deferredMail }: OwnState, now: number): Signal[] {
  const failing = endpoints
    .filter(({ since, isDisabled }) => isDisabled || now - since >= ENDPOINT_FAILS_FOR)
    .map(({ id, url, since, isDisabled }) =>
      own(
        "endpoint_failing",
        `endpoint:${id}`,
        since,
        { host: new URL(url).host },
        isDisabled ? "disabled" : "failing",
      ),
    );
  const silent = channels.map(({ id, name, since }) =>
    own("channel_failing", `channel:${id}`, since, { channel: name }),
  );
  const { count, since } = deferredMail;
  const mail = since === null ? [] : [own("client_mail_failing", "client_mail", since, { messages: count })];
  return [...failing, ...silent, ...mail];
}

function diskFaultsOf({ disk }: OwnState, now: number): Signal[] {
  if (disk === null) return [];
  const { free, total } = disk;
  if (free >= LEAST_FREE.bytes && free >= total * LEAST_FREE.share) return [];
  const detail = { percent: Math.round((100 * free) / total), megabytes: Math.round(free / 1024 ** 2) };
  return [own("disk_full", "disk", now, detail)];
}

function versionEndsOf({ versions }: OwnState, now: number): Signal[] {
  return (Object.keys(versions) as Subject[]).flatMap((subject) => {
    const version = versions[subject];
    const cutOff = cutOffOf(subject, version, now);
    if (cutOff.kind !== "near" && cutOff.kind !== "passed") return [];
    const detail = {
      ...{ version, newest: newestOf(subject) },
      date: new Date(cutOff.endsAt).toISOString().slice(0, 10),
    };
    return [own("version_ends", `version:${subject}`, now, detail, `${subject}_${cutOff.kind}`)];
  });
}

function oldSecretsOf({ dataKeyAt }: OwnState, now: number): Signal[] {
  if (dataKeyAt === null || now - dataKeyAt <= SECRET_OLD_AFTER) return [];
  return [own("secret_old", "data_key", now, { days: Math.floor((now - dataKeyAt) / DAY) })];
}
