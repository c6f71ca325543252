/** How urgent an alert is. `critical` wakes people: quiet hours do not hold it back. */
export const SEVERITIES = ["critical", "warning", "info"] as const;
export type Severity = (typeof SEVERITIES)[number];

export interface AlertRule {
  severity: Severity;
  /** What its signals are about: WABAs, or this Sharekeeper and its connection. */
  about: "waba" | "own";
  /** How long a signal must hold before people are told. */
  pendingS: number;
  /** People are told once no signal has joined for this long, at most `SETTLE_AT_MOST_S` later. */
  settleS: number;
  /** How long it must have been over before it is resolved. */
  keepFiringS: number;
}

/** However many join: after this long people are told. */
export const SETTLE_AT_MOST_S = 180;

/** Signals of one rule, cause and route that begin within this time of one another are one alert. */
export const GROUP_WITHIN_S = 600;

const LOSS = { severity: "critical", about: "waba", pendingS: 30, settleS: 30, keepFiringS: 300 } as const;
const WABA_WARNING = { ...LOSS, severity: "warning", pendingS: 60 } as const;
/** Our own faults stop everything: they are told at once. */
const OWN_FAULT = { severity: "critical", about: "own", pendingS: 0, settleS: 0, keepFiringS: 60 } as const;
const OWN_WARNING = { ...OWN_FAULT, severity: "warning", pendingS: 60, keepFiringS: 300 } as const;

/** Every rule. Its title and its meaning are in messages/en/alerts.json. */
export const ALERT_RULES = {
  share_lost: LOSS,
  share_partial: LOSS,
  waba_disabled: LOSS,
  number_disconnected: LOSS,
  /** Meta restricts the WABA, or has announced to ban it. */
  waba_restricted: WABA_WARNING,
  /** Meta restores the link of a WhatsApp Business app by itself, mostly. */
  app_link_restoring: { ...WABA_WARNING, pendingS: 3600 },
  share_unknown: { ...WABA_WARNING, pendingS: 900 },
  setup_issue: { ...WABA_WARNING, pendingS: 300 },
  app_activity_due: { ...WABA_WARNING, severity: "info" },
  app_activity_overdue: WABA_WARNING,
  /** The next three come as webhooks of Meta's before messages fail. */
  quality_low: WABA_WARNING,
  limit_lowered: WABA_WARNING,
  template_paused: WABA_WARNING,
  client_asked_link: { ...WABA_WARNING, severity: "info", pendingS: 0 },
  meta_trouble: OWN_FAULT,
  token_dead: OWN_FAULT,
  token_expires: OWN_WARNING,
  webhooks_missing: OWN_FAULT,
  probes_behind: OWN_WARNING,
  endpoint_failing: OWN_WARNING,
  channel_failing: OWN_WARNING,
  client_mail_failing: OWN_WARNING,
  disk_full: OWN_FAULT,
  certificate_expires: OWN_WARNING,
  version_ends: OWN_WARNING,
  secret_old: { ...OWN_WARNING, severity: "info" },
} as const satisfies Record<string, AlertRule>;

export type RuleId = keyof typeof ALERT_RULES;

/** While an alert of the first rule is open, people are not told of the others: it explains them. */
export const INHIBITED_BY: Readonly<Partial<Record<RuleId, readonly RuleId[]>>> = {
  meta_trouble: ["share_unknown", "probes_behind"],
  token_dead: ["share_unknown", "probes_behind", "token_expires"],
};

/** What Meta's webhooks begin and end, and not the state of a WABA. */
export const RULE_OF_WARNING = {
  quality: "quality_low",
  limit: "limit_lowered",
  template: "template_paused",
} as const satisfies Record<string, RuleId>;
