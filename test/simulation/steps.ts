import type { RandomSource } from "./random-source.ts";
import type { Trouble } from "./model-meta.ts";
import { NEEDED_READS, REFUSALS, SPARE_FIELDS, type RefusalName } from "./refusals.ts";
import { hasPermission, isFullyShared, type Truth } from "./truth.ts";
import {
  accountEvent,
  appUninstalled,
  FOREIGN,
  forged,
  partnerAdded,
  partnerRemoved,
  restriction,
  type Webhook,
} from "./webhook.ts";

/** What a step may do; the history provides it. */
export interface Stage {
  readonly truth: Truth;
  readonly random: RandomSource;
  readonly coexistence: boolean;
  /**
   * Whether a partner assignment in Business Suite can give the share back: not where only the client's own
   * grant counts.
   */
  readonly isAssignable: boolean;
  readonly isObserving: boolean;
  readonly numberIds: readonly string[];
  now(): number;
  /** Changes the truth at Meta. */
  change(patch: Partial<Truth>): void;
  /** Meta sends it, about a current spell. */
  tell(webhook: Webhook, about?: string): void;
  later(ms: number, run: () => void): void;
  trouble(kind: Trouble, share: number, ms: number): void;
  lie(count: number): void;
  /**
   * Meta refuses a field, a list or the proof itself, for a reason that is not about the share; `ms` null:
   * for good.
   */
  refuse(what: string, how: RefusalName, ms: number | null): void;
  /** Meta denies all WABAs at once, and the fleet fails together. */
  denyAll(ms: number): void;
  setMode(mode: "enforce" | "observe"): void;
  /** An operator changes whose token sends the messages. */
  toggleToken(): void;
  kill(downMs: number): void;
  act(
    what: "check" | "close" | "reopen" | "adopt" | "signup" | "refused_send" | "half_open",
    numberId?: string,
  ): void;
}

export interface StepKind {
  weight: number;
  /** Whether it can happen now; undefined: always. */
  may?(stage: Stage): boolean;
  run(stage: Stage): void;
}

const GONE: Partial<Truth> = { shared: false, full: false, assigned: false, subscribed: false };
const DISCONNECTIONS = [
  ["ACCOUNT_DISCONNECTED", "USER"],
  ["ACCOUNT_DISCONNECTED", "SYSTEM"],
  ["DEVICE_LOGGED_OUT", "USER"],
  ["PRIMARY_INACTIVITY", "SYSTEM"],
  ["COMPANION_INACTIVITY", "SYSTEM"],
  ["BUSINESS_DOWNGRADE", "USER"],
  ["CHANGE_NUMBER", "USER"],
  ["USER_RE_REGISTERED", "USER"],
  ["A_NEW_WORD", "USER"],
] as const;
const BOTH_DIRECTIONS = ["RESTRICTED_BIZ_INITIATED_MESSAGING", "RESTRICTED_CUSTOMER_INITIATED_MESSAGING"];

const stands = (stage: Stage): boolean => stage.truth.shared && !stage.truth.deleted;
const isLost = (stage: Stage): boolean => !isFullyShared(stage.truth) && !stage.truth.deleted;
const lacksSomething = (stage: Stage): boolean => !hasPermission(stage.truth) && !stage.truth.deleted;
const isAssignable = (stage: Stage): boolean => isLost(stage) && stage.isAssignable;
const hears = (stage: Stage): boolean => stands(stage) && stage.truth.subscribed;
const healthOf = (stage: Stage): string => `health ${stage.numberIds[0] ?? ""}`;

function remove(stage: Stage): void {
  stage.change(GONE);
  const [reason, initiated_by] = stage.random.pick(DISCONNECTIONS);
  stage.tell(partnerRemoved(stage.coexistence ? { reason, initiated_by } : undefined), "share");
}

function share(stage: Stage): void {
  stage.change({ shared: true, full: true });
  stage.tell(partnerAdded(), healthOf(stage));
}

/** A signup ends with the share, with the app, and with a new token of the client. */
function signUp(stage: Stage): void {
  stage.change({ shared: true, full: true, linked: true, installed: true, clientTokenAlive: true });
  if (stage.random.chance(0.8)) stage.later(stage.random.between(0, 2000), () => stage.act("signup"));
  stage.tell(partnerAdded(), healthOf(stage));
}

function stop(stage: Stage): void {
  stage.change({ stopped: 131031 });
  const ban = { ban_info: { waba_ban_state: "DISABLE", waba_ban_date: "November 22, 2026" } };
  stage.tell(accountEvent("DISABLED_UPDATE", ban, "MessagingAllowed"), "stopped");
}

function reinstate(stage: Stage): void {
  stage.change({ stopped: null });
  const ban = { ban_info: { waba_ban_state: "REINSTATE", waba_ban_date: "November 22, 2026" } };
  if (hears(stage)) stage.tell(accountEvent("DISABLED_UPDATE", ban, null), healthOf(stage));
}

function restrict(stage: Stage): void {
  const ms = stage.random.pick([20_000, 600_000, 7_200_000]);
  stage.change({ stopped: 368 });
  stage.tell(restriction(BOTH_DIRECTIONS, stage.now() + ms), "stopped");
  stage.later(ms, () => {
    if (stage.truth.stopped === 368) stage.change({ stopped: null });
  });
}

/** Our own fault ends by itself: a token is replaced, rights are given back. */
function forAWhile(stage: Stage, patch: Partial<Truth>, back: Partial<Truth>): void {
  stage.change(patch);
  stage.later(stage.random.between(1000, 90_000), () => stage.change(back));
}

const REFUSAL_NAMES = Object.keys(REFUSALS) as RefusalName[];

/** 200 on the id alone, twice in a row, is a removal by rule 6. `lie` answers it once. */
function refuseRead(stage: Stage): void {
  const what = stage.random.pick(NEEDED_READS);
  const how = stage.random.pick(
    what === "id" ? REFUSAL_NAMES.filter((name) => name !== "200") : REFUSAL_NAMES,
  );
  stage.refuse(what, how, stage.random.between(500, 60_000));
}

const withNumber = (stage: Stage, status: string | null): void => {
  const id = stage.random.pick(stage.numberIds);
  stage.change({ numbers: { ...stage.truth.numbers, [id]: status } });
};

export const TROUBLES: readonly Exclude<Trouble, "denies">[] = [
  "server_error",
  "hang",
  "throttle",
  "garbage",
  "broken",
  "no_network",
];

/** All events: to the share, to the account, to numbers, to us, on the wire, by people. */
export const STEPS = {
  remove: { weight: 12, may: stands, run: remove },
  reduce: { weight: 4, may: (s) => stands(s) && s.truth.full, run: (s) => s.change({ full: false }) },
  restore_full: { weight: 3, may: (s) => stands(s) && !s.truth.full, run: (s) => s.change({ full: true }) },
  assign: { weight: 14, may: isAssignable, run: share },
  assign_partly: {
    weight: 2,
    may: isAssignable,
    run: (s) => {
      s.change({ shared: true, full: false });
      s.tell(partnerAdded());
    },
  },
  sign_up: { weight: 8, may: lacksSomething, run: signUp },
  delete: {
    weight: 0.4,
    may: stands,
    run: (s) => {
      const isReceived = hears(s);
      s.change({ ...GONE, deleted: true });
      if (isReceived) s.tell(accountEvent("ACCOUNT_DELETED", {}, "Shared"), "share");
    },
  },
  disable: { weight: 2, may: (s) => hears(s) && s.truth.stopped === null, run: stop },
  restrict: { weight: 2, may: (s) => hears(s) && s.truth.stopped === null, run: restrict },
  restrict_one_way: {
    weight: 1,
    may: hears,
    run: (s) => s.tell(restriction(BOTH_DIRECTIONS.slice(0, 1), s.now() + 600_000)),
  },
  reinstate: { weight: 4, may: (s) => s.truth.stopped !== null, run: reinstate },
  announce_ban: {
    weight: 0.5,
    may: hears,
    run: (s) =>
      s.tell(accountEvent("DISABLED_UPDATE", { ban_info: { waba_ban_state: "SCHEDULE_FOR_DISABLE" } }, null)),
  },
  uninstall_app: {
    weight: 1.5,
    may: (s) => stands(s) && s.truth.installed,
    run: (s) => {
      s.change({ installed: false });
      s.tell(appUninstalled(), "app");
    },
  },
  uninstall_app_silently: {
    weight: 1,
    may: (s) => stands(s) && s.truth.installed && s.truth.needsApp,
    run: (s) => s.change({ installed: false }),
  },
  install_app: {
    weight: 6,
    may: (s) => !s.truth.installed,
    run: (s) => s.change({ installed: true, clientTokenAlive: true }),
  },
  revoke_client_token: {
    weight: 2,
    may: (s) => s.truth.needsApp && s.truth.clientTokenAlive,
    run: (s) => forAWhile(s, { clientTokenAlive: false }, { clientTokenAlive: true }),
  },
  toggle_token: { weight: 0.7, run: (s) => s.toggleToken() },
  observe: { weight: 0.5, may: (s) => !s.isObserving, run: (s) => s.setMode("observe") },
  enforce: { weight: 6, may: (s) => s.isObserving, run: (s) => s.setMode("enforce") },
  deny_all: { weight: 1.5, run: (s) => s.denyAll(s.random.between(3000, 60_000)) },
  drop_subscription: { weight: 1, may: hears, run: (s) => s.change({ subscribed: false }) },
  deregister: { weight: 1.5, may: (s) => !s.coexistence, run: (s) => withNumber(s, "DISCONNECTED") },
  register: { weight: 3, may: (s) => !s.coexistence, run: (s) => withNumber(s, "CONNECTED") },
  flag_number: { weight: 0.5, run: (s) => withNumber(s, "FLAGGED") },
  offboard: {
    weight: 6,
    may: (s) => s.coexistence && s.truth.linked && hears(s),
    run: (s) => {
      s.change({ linked: false });
      s.tell(accountEvent("ACCOUNT_OFFBOARDED", {}, "Companion"));
    },
  },
  reconnect: {
    weight: 10,
    may: (s) => s.coexistence && !s.truth.linked && hears(s),
    run: (s) => {
      s.change({ linked: true });
      s.tell(accountEvent("ACCOUNT_RECONNECTED", {}, null), healthOf(s));
    },
  },
  foreign: { weight: 3, run: (s) => s.tell(s.random.pick(FOREIGN)()) },
  forged: { weight: 2, run: (s) => s.tell(forged()) },
  revoke_token: {
    weight: 2,
    may: (s) => s.truth.tokenAlive,
    run: (s) => forAWhile(s, { tokenAlive: false }, { tokenAlive: true }),
  },
  lose_our_rights: {
    weight: 1.5,
    may: (s) => s.truth.admin,
    run: (s) => forAWhile(s, { admin: false }, { admin: true }),
  },
  trouble: {
    weight: 6,
    run: (s) =>
      s.trouble(s.random.pick(TROUBLES), s.random.pick([1, 1, 0.5, 0.2]), s.random.between(500, 60_000)),
  },
  refuse_field: {
    weight: 2,
    run: (s) => s.refuse(s.random.pick(SPARE_FIELDS), s.random.pick(REFUSAL_NAMES), null),
  },
  refuse_read: { weight: 3, run: refuseRead },
  lie: { weight: 2, may: stands, run: (s) => s.lie(1) },
  kill: { weight: 5, run: (s) => s.kill(s.random.pick([10, 200, 3000, 20_000, 60_000])) },
  check: { weight: 4, run: (s) => s.act("check") },
  refused_send: { weight: 3, may: (s) => !isFullyShared(s.truth), run: (s) => s.act("refused_send") },
  trial: { weight: 2, may: (s) => s.coexistence, run: (s) => s.act("half_open", s.random.pick(s.numberIds)) },
  close_by_hand: { weight: 0.7, run: (s) => s.act("close") },
  reopen_by_hand: { weight: 1.4, run: (s) => s.act("reopen") },
  adopt: { weight: 4, run: (s) => s.act("adopt") },
} as const satisfies Record<string, StepKind>;

export type StepName = keyof typeof STEPS;

/** One step that can happen now, by weight. */
export function pickStep(stage: Stage): StepName {
  const weights: Partial<Record<StepName, number>> = {};
  for (const [name, kind] of Object.entries(STEPS) as [StepName, StepKind][])
    if (kind.may === undefined || kind.may(stage)) weights[name] = kind.weight;
  return stage.random.weighted(weights as Record<StepName, number>);
}
