import { TROUBLE } from "../sharing/rules/incident.ts";
import { BUDGET, sizeOf } from "../sharing/budget/probe-budget.ts";
import {
  LISTED_AT_ONCE,
  LISTING_RESTS,
  PLAN,
  planPeriodMs,
  SWEEP_AT_MOST_EVERY,
  SWEEP_JITTER,
  SWEEPS_AT_ONCE,
} from "../sharing/rules/probe-plan.ts";
import { NUMBER_DETAILS, WABA_DETAILS } from "../sharing/probe/probe-fields.ts";
import {
  ALERT_FOR,
  BAD_REPEAT,
  BAD_REPEAT_AFTER_REPAIR,
  CLOSING_PROBES,
  DAY,
  FAILED_REPEAT,
  HINT_PROBES,
  HOUR,
  PROBE_AT_MOST,
  MINUTE,
  SECOND,
  SUSPECT_CLOSES_AFTER,
  SUSPECT_PROBES,
  WRITE_EVERY,
} from "../sharing/model/timings.ts";

/** The sweep periods in the tables of the page: the sandbox's, and the default of `serve`. */
const SERVE_PERIOD = 300 * SECOND;
const PERIODS = [15 * SECOND, SERVE_PERIOD];

/**
 * Renders docs/reference/probe-plan.md: when we probe, and thus how long a loss can go unnoticed. Computed
 * from the constants. Pure.
 */
export function renderProbePlan(): string {
  return [
    HEAD,
    planTable(),
    rulesTable(),
    DETECTION_HEAD,
    detectionTable(),
    DETECTION_TAIL,
    fleetTable(),
    budgetTable(),
    troubleTable(),
  ].join("\n");
}

function planTable(): string {
  const periods = PERIODS.map((ms) => `at ${spanOf(ms)}`).join(" | ");
  const head = `| # | situation | part of SWEEP_PERIOD_S | ${periods} |`;
  const rows = PLAN.map(({ when, share }, index) => {
    const periods = PERIODS.map((ms) => spanOf(planPeriodMs(share, ms)));
    return `| ${index + 1} | ${when} | ${share === 1 ? "1" : `1/${1 / share}`} | ${periods.join(" | ")} |`;
  });
  return [head, "|---|---|---|---|---|", ...rows].join("\n");
}

function rulesTable(): string {
  const rows: [string, string][] = [
    ["every hint, an adoption, a reopening, a signup", atTimes(HINT_PROBES)],
    ["a hint within 7 days of a repair (suspect)", atTimes([...SUSPECT_PROBES, SUSPECT_CLOSES_AFTER])],
    ["every closing", atTimes(CLOSING_PROBES)],
    ["a refused send, a disagreement with Meta's listing", "at once"],
    [
      "a bad probe without an announcement",
      `again after ${spanOf(BAD_REPEAT)}; within 10 min of a repair after ${spanOf(BAD_REPEAT_AFTER_REPAIR)}`,
    ],
    [
      `a failed probe within ${spanOf(ALERT_FOR)} of a hint or a closing`,
      `again after ${spanOf(FAILED_REPEAT)}`,
    ],
  ];
  return [
    "",
    "Beside the sweep the rules schedule probes. These are urgent: they have a queue of their own and do not wait behind the sweep.",
    "",
    "| after | probes |",
    "|---|---|",
    ...rows.map(([what, probes]) => `| ${what} | ${probes} |`),
  ].join("\n");
}

interface Detection {
  loss: string;
  by: string;
  /** The worst case in ms at a period of the sweep. */
  worstMs(sweepMs: number): number;
  note: string;
}

/** The longest time of two probes. */
const TWO_PROBES = 2 * PROBE_AT_MOST;

export const DETECTIONS: readonly Detection[] = [
  {
    loss: "announced, fresh",
    by: "the webhook",
    worstMs: () => 0,
    note: "from the commit that takes the webhook in; it waits for no probe",
  },
  {
    loss: "announced within 7 days of a repair",
    by: "the webhook, unless a probe refutes it",
    worstMs: () => SUSPECT_CLOSES_AFTER + PROBE_AT_MOST,
    note: "one bad probe closes sooner",
  },
  {
    loss: "silent removal",
    by: "the sweep, the listing",
    worstMs: (sweepMs) => sweepMs + TROUBLE.heldAtMostMs + TWO_PROBES,
    note: "two bad probes, the second once another WABA is seen intact",
  },
  {
    loss: "silent removal within 10 min of a repair",
    by: "the sweep",
    worstMs: (sweepMs) => sweepMs + BAD_REPEAT_AFTER_REPAIR + TWO_PROBES,
    note: "the two bad probes are further apart",
  },
  {
    loss: "silent downgrade that reads show",
    by: "the sweep",
    worstMs: (sweepMs) => sweepMs + TROUBLE.heldAtMostMs + TWO_PROBES,
    note: "the read that lacks MANAGE is followed by a write in the same probe",
  },
  {
    loss: "silent downgrade that no read shows",
    by: "the write of MANAGE",
    worstMs: (sweepMs) => WRITE_EVERY + sweepMs + TROUBLE.heldAtMostMs + TWO_PROBES,
    note: "the first sweep after the write is due",
  },
  {
    loss: "dropped webhook subscription",
    by: "the sweep",
    worstMs: (sweepMs) => sweepMs + PROBE_AT_MOST,
    note: "repaired in the same probe",
  },
  {
    loss: "number deregistered or deleted",
    by: "the sweep",
    worstMs: (sweepMs) => sweepMs + BAD_REPEAT + TWO_PROBES,
    note: "two bad probes",
  },
];

function detectionTable(): string {
  const head = `| loss | found by | ${PERIODS.map((ms) => `worst case at ${spanOf(ms)}`).join(" | ")} | |`;
  const rows = DETECTIONS.map(({ loss, by, worstMs, note }) => {
    const worst = PERIODS.map((ms) => (worstMs(ms) === 0 ? "at once" : spanOf(worstMs(ms))));
    return `| ${loss} | ${by} | ${worst.join(" | ")} | ${note} |`;
  });
  return [head, "|---|---|---|---|---|", ...rows].join("\n");
}

/** The assumed time of one round of questions to Meta. A probe has two rounds. */
const ROUND_MS = 200;
const FLEETS = [10_000, 100_000, 1_000_000];

function fleetTable(): string {
  const perS = (SWEEPS_AT_ONCE * SECOND) / (2 * ROUND_MS);
  const rows = FLEETS.map((count) => {
    const roundMs = (count / perS) * SECOND;
    const listingMs = (count / LISTED_AT_ONCE) * ROUND_MS;
    const instances = Math.ceil(roundMs / SERVE_PERIOD);
    const restMs = Math.max(SERVE_PERIOD, LISTING_RESTS * listingMs);
    const shownMs = [roundMs, listingMs, 2 * listingMs + restMs].map(roughSpanOf);
    return `| ${[count.toLocaleString("en-US"), shownMs[0], instances, shownMs[1], shownMs[2]].join(" | ")} |`;
  });
  const columns = [
    "WABAs",
    "all are probed once in, by one instance",
    `instances for a round in ${spanOf(SERVE_PERIOD)}`,
    "one reconciliation",
    "silent removal found by the listing, at worst",
  ];
  return `
## How large a fleet the sweep keeps up with

One instance has ${SWEEPS_AT_ONCE} probes of the sweep under way at once. Where Meta answers a round of
questions in ${spanOf(ROUND_MS)}, a probe of two rounds takes ${spanOf(2 * ROUND_MS)}, and one instance probes
${perS} times a second, if its processor can. Where a round of the fleet takes longer than SWEEP_PERIOD_S, use
that time in the table above. Beside the sweep, reconciliation reads the listing, ${LISTED_AT_ONCE} WABAs a
page, one page after the other. Then it waits for SWEEP_PERIOD_S (${spanOf(SERVE_PERIOD)} here), or
${LISTING_RESTS} times as long as the reading took where that is longer. A silent removal is found at the end
of the next complete reconciliation at the latest.

${tableHead(columns)}
${rows.join("\n")}

The same plan with the budget below, in simulated time: "The plan of a fleet" in
[benchmarks.md](../benchmarks.md).`;
}

const tableHead = (columns: readonly string[]): string =>
  `| ${columns.join(" | ")} |\n|${"---|".repeat(columns.length)}`;

/** Rounded up, because it is a bound and not a measurement. */
function roughSpanOf(ms: number): string {
  const unit = ms < 2 * MINUTE ? SECOND : MINUTE;
  return spanOf(Math.ceil(ms / unit) * unit);
}

function budgetTable(): string {
  const { hourly, used, burst, reserve, callsOfProbe } = BUDGET;
  const rows = [hourly.registered, hourly.unregistered].map((limit) => {
    const { holds, perMs } = sizeOf(limit);
    const forSweep = Math.floor(holds * (1 - reserve));
    const cells = [limit, limit * used, Math.floor(holds), Math.round(perMs * HOUR), forSweep];
    return `| ${cells.join(" | ")} |`;
  });
  const columns = [
    "Meta's limit, calls an hour",
    "we use at most",
    `at once (${percent(burst)})`,
    "free again, an hour",
    "of the bucket, for the sweep",
  ];
  return `
## What we may ask

Meta counts the calls about one WABA in a rolling hour, per app: ${hourly.registered} when it has a registered
number, else ${hourly.unregistered}. We keep a bucket per app and WABA, over all instances. A part may be
spent at once, the rest becomes free evenly, so no rolling hour holds more than ${percent(used)} of Meta's
limit. A probe makes at most ${callsOfProbe} calls: the WABA's id, its details, its system users, its
subscription, its numbers, the write of MANAGE, and a repair of the subscription. Once a field is refused,
${splitCalls()} more calls find out which one. After that it is left out, and asked for alone now and then
(evidence.md). A list that Meta gives only in smaller pages takes a call for each page of up to 100 items.
Writing back a callback is one more call. All of them count. The sweep leaves ${percent(reserve)} of the
bucket to urgent probes. Where Meta's header shows that the limit is the larger one, the larger one counts.

${tableHead(columns)}
${rows.join("\n")}

- A probe without room is postponed until there is room. It never counts as inconclusive. Metric:
  \`sharekeeper_postponed_probes_total\`.
- Meta's usage headers count before our own: from ${BUDGET.sweepsWaitAt} % on the sweep waits, from
  ${BUDGET.urgentWaitAt} % on urgent probes, too.
- A refusal for too many calls (4, 17, 32, 341, 613 of the app; 80007, 80008, 130429, HTTP 429 of the WABA)
  closes for ${spanOf(BUDGET.backOffFirstMs)}, each further one twice as long, up to SWEEP_PERIOD_S; where
  Meta says when access returns, until then.
- A person's "Check now" waits for no back-off, and may use the last ${percent(1 - used)} of Meta's limit
  beside the bucket.
- The bounds above hold while Meta's limits leave room for the sweep. For a WABA with ${hourly.unregistered}
  calls an hour that is so from SWEEP_PERIOD_S ${spanOf(thriftyPeriodMs())} on.`;
}

/** Each group of both reads by itself, and the bare list of the numbers where all its groups are refused. */
const splitCalls = (): string => `up to ${WABA_DETAILS.groups.length + NUMBER_DETAILS.groups.length + 1}`;

/** How often a WABA without a registered number can be swept for ever. */
function thriftyPeriodMs(): number {
  return Math.ceil(BUDGET.callsOfProbe / sizeOf(BUDGET.hourly.unregistered).perMs / SECOND) * SECOND;
}

function troubleTable(): string {
  const { opens, ends, window } = TROUBLE;
  return `
## When many fail together

${opens.wabas} troubled WABAs or more, and ${percent(opens.part)} or more of those probed within the window
(SWEEP_PERIOD_S, at least ${spanOf(window.atLeastMs)}, at most ${spanOf(window.atMostMs)}), are one incident.
It ends when fewer than ${ends.wabas}, or less than ${percent(ends.part)}, are in trouble and at least one
WABA was seen intact. During an incident a bad probe that no webhook announced is inconclusive. A silent
removal is then found by the complete listing, read within
${PERIODS.map((ms) => spanOf(planPeriodMs(1 / 4, ms))).join(" or ")} (SWEEP_PERIOD_S
${PERIODS.map(spanOf).join(" or ")}). The whole rule: docs/decisions/0003-systemic-trouble.md.

Before that, a second bad probe without an announcement counts once another WABA was seen intact since the
first, and fewer than ${percent(opens.part)} of those probed since fail as well. It waits for that
${spanOf(TROUBLE.heldAtMostMs)} at the most. So when Meta denies every WABA, none is closed. When Meta denies
some, up to ${opens.wabas - 1} can be closed before the incident opens.
`;
}

const atTimes = (times: readonly number[]): string => `at ${times.map(spanOf).join(", ")}`;

const percent = (part: number): string => `${Math.round(part * 100)} %`;

/** "75 s", "9.5 s", "5 min", "24 h 5 min 11 s". */
export function spanOf(ms: number): string {
  if (ms === 0) return "0 s";
  if (ms < 2 * MINUTE && ms % MINUTE !== 0) return `${Number((ms / SECOND).toFixed(1))} s`;
  const hours = ms >= DAY || ms % HOUR === 0 ? Math.floor(ms / HOUR) : 0;
  const rest = ms - hours * HOUR;
  const minutes = Math.floor(rest / MINUTE);
  const seconds = (rest - minutes * MINUTE) / SECOND;
  const parts = [
    [hours, "h"],
    [minutes, "min"],
    [seconds, "s"],
  ] as const;
  return parts
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${Number(count.toFixed(1))} ${unit}`)
    .join(" ");
}

const HEAD = `# When Sharekeeper probes, and how long a loss can go unnoticed

This page is made from the tables in \`src/sharing/rules\` (\`probe-plan.ts\`, \`incident.ts\`),
\`src/sharing/model/timings.ts\` and \`src/sharing/budget/probe-budget.ts\`.

SWEEP_PERIOD_S is the upper bound between two probes of a share. A share that is long stable is swept once in
that time, one with recent events sooner, but no more often than every ${spanOf(SWEEP_AT_MOST_EVERY)}. The
first row that matches counts. Each period is shortened by up to ${percent(SWEEP_JITTER)} at random, so that a
fleet that was imported at once is not probed at once every time. An offboarded WABA is not probed.
`;

const DETECTION_HEAD = `
## How long a loss can go unnoticed

The worst case from the loss to the closed gate. Meta's reads may lag up to 3 s behind, which is not counted
here. An answered probe takes up to ${spanOf(PROBE_AT_MOST)}. Time in which Meta, our token or our network
gives no answer is added. The bounds hold while the instances keep up with the sweep:
\`sharekeeper_oldest_proof_age_seconds\` shows it.
`;

const DETECTION_TAIL = `
If its webhook is lost, no read shows that a companion phone was offboarded (rule 10). Times measured in
simulation stand in [simulation.md](simulation.md).`;
