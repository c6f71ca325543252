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

/** The periods of the sweep for which the page counts: the sandbox's, and the default of `serve`. */
const SERVE_PERIOD = 300 * SECOND;
const PERIODS = [15 * SECOND, SERVE_PERIOD];

/** docs/reference/probe-plan.md: when we look, and so how long a loss can stay unseen. Computed from the constants, pure. */
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
  const head = `| # | situation | part of SWEEP_PERIOD_S | ${PERIODS.map((ms) => `at ${spanOf(ms)}`).join(" | ")} |`;
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
      "a bad look without an announcement",
      `again after ${spanOf(BAD_REPEAT)}; within 10 min of a repair after ${spanOf(BAD_REPEAT_AFTER_REPAIR)}`,
    ],
    [
      `a failed look within ${spanOf(ALERT_FOR)} of a hint or a closing`,
      `again after ${spanOf(FAILED_REPEAT)}`,
    ],
  ];
  return [
    "",
    "Beside the sweep the rules ask for looks. These are urgent: they have a queue of their own and do not wait behind the sweep.",
    "",
    "| after | looks |",
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

/** Two looks, each as long as one can take. */
const TWO_PROBES = 2 * PROBE_AT_MOST;

export const DETECTIONS: readonly Detection[] = [
  {
    loss: "announced, fresh",
    by: "the webhook",
    worstMs: () => 0,
    note: "from the commit that takes the webhook in; no look is waited for",
  },
  {
    loss: "announced within 7 days of a repair",
    by: "the webhook, unless a look refutes it",
    worstMs: () => SUSPECT_CLOSES_AFTER + PROBE_AT_MOST,
    note: "one bad look closes sooner",
  },
  {
    loss: "silent removal",
    by: "the sweep, the listing",
    worstMs: (sweepMs) => sweepMs + TROUBLE.heldAtMostMs + TWO_PROBES,
    note: "two bad looks, the second once another WABA is seen to stand",
  },
  {
    loss: "silent removal within 10 min of a repair",
    by: "the sweep",
    worstMs: (sweepMs) => sweepMs + BAD_REPEAT_AFTER_REPAIR + TWO_PROBES,
    note: "the two bad looks are further apart",
  },
  {
    loss: "silent downgrade that reads show",
    by: "the sweep",
    worstMs: (sweepMs) => sweepMs + TROUBLE.heldAtMostMs + TWO_PROBES,
    note: "the read that lacks MANAGE is followed by a write in the same look",
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
    note: "mended in the same look",
  },
  {
    loss: "number deregistered or deleted",
    by: "the sweep",
    worstMs: (sweepMs) => sweepMs + BAD_REPEAT + TWO_PROBES,
    note: "two bad looks",
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

/** How long one round of questions to Meta is taken to take; a look is two of them. */
const ROUND_MS = 200;
const FLEETS = [10_000, 100_000, 1_000_000];

function fleetTable(): string {
  const perS = (SWEEPS_AT_ONCE * SECOND) / (2 * ROUND_MS);
  const rows = FLEETS.map((count) => {
    const roundMs = (count / perS) * SECOND;
    const walkMs = (count / LISTED_AT_ONCE) * ROUND_MS;
    const instances = Math.ceil(roundMs / SERVE_PERIOD);
    const restMs = Math.max(SERVE_PERIOD, LISTING_RESTS * walkMs);
    const toldMs = [roundMs, walkMs, 2 * walkMs + restMs].map(roughSpanOf);
    return `| ${[count.toLocaleString("en-US"), toldMs[0], instances, toldMs[1], toldMs[2]].join(" | ")} |`;
  });
  return `
## How large a fleet the sweep keeps up with

One instance has ${SWEEPS_AT_ONCE} looks of the sweep under way at once. Where Meta answers a round of questions in ${spanOf(ROUND_MS)}, a look of two rounds takes
${spanOf(2 * ROUND_MS)}, and one instance looks ${perS} times a second, if its processor can. Where a round of the fleet takes longer than SWEEP_PERIOD_S,
it takes the place of that in the table above. Beside it the listing is walked, ${LISTED_AT_ONCE} WABAs a page, one page after the other; then it rests
for SWEEP_PERIOD_S (${spanOf(SERVE_PERIOD)} here), or ${LISTING_RESTS} times as long as the walk took where that is longer. A silent removal is seen at the end of the next whole
walk at the latest.

| WABAs | all are looked at once in, by one instance | instances for a round in ${spanOf(SERVE_PERIOD)} | one walk of the listing | silent removal found by the listing, at worst |
|---|---|---|---|---|
${rows.join("\n")}

The same plan with the budget below, in simulated time: "The plan of a fleet" in [benchmarks.md](../benchmarks.md).`;
}

/** To three places or so: a bound, not a measurement. */
function roughSpanOf(ms: number): string {
  const unit = ms < 2 * MINUTE ? SECOND : MINUTE;
  return spanOf(Math.ceil(ms / unit) * unit);
}

function budgetTable(): string {
  const { hourly, used, burst, reserve, callsOfProbe } = BUDGET;
  const rows = [hourly.registered, hourly.unregistered].map((limit) => {
    const { holds, perMs } = sizeOf(limit);
    const forSweep = Math.floor(holds * (1 - reserve));
    return `| ${limit} | ${limit * used} | ${Math.floor(holds)} | ${Math.round(perMs * HOUR)} | ${forSweep} |`;
  });
  return `
## What we may ask

Meta counts the calls about one WABA in a rolling hour, per app: ${hourly.registered} when it has a registered number, else
${hourly.unregistered}. We keep a bucket per app and WABA, over all instances: so much may be spent at once, the rest flows in evenly, and so no
rolling hour holds more than ${percent(used)} of Meta's limit. A probe asks at most ${callsOfProbe} times: the WABA's id, its details, its system users, its
subscription, its numbers, the write of MANAGE, and a repair of the subscription. Once a field is refused, ${splitCalls()} more find out which one;
after that it is left out, and asked for alone now and then (evidence.md). A list that Meta gives only in
smaller pages takes a call for each page of up to 100 items. A callback that is written back is one call more. All of them count. The sweep leaves ${percent(reserve)} of the bucket to urgent looks.
Where Meta's header shows that the limit is the larger one, the larger one counts.

| Meta's limit, calls an hour | we use at most | at once (${percent(burst)}) | flowing in, an hour | of the bucket, for the sweep |
|---|---|---|---|---|
${rows.join("\n")}

- A look that has no room is put off until there is room. It never counts as silence. Metric: \`sharekeeper_postponed_looks_total\`.
- Meta's usage headers count before our own: from ${BUDGET.sweepsWaitAt} % on the sweep waits, from ${BUDGET.urgentWaitAt} % on urgent looks, too.
- A refusal for too many calls (4, 17, 32, 341, 613 of the app; 80007, 80008, 130429, HTTP 429 of the WABA) closes for ${spanOf(BUDGET.backOffFirstMs)}, each further
  one twice as long, up to SWEEP_PERIOD_S; where Meta says when access returns, until then.
- A person's "Check now" waits for no back-off, and may use the last ${percent(1 - used)} of Meta's limit beside the bucket.
- The bounds above hold while Meta's limits leave room for the sweep. For a WABA with ${hourly.unregistered} calls an hour that is so from
  SWEEP_PERIOD_S ${spanOf(thriftyPeriodMs())} on.`;
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

${opens.wabas} WABAs or more, and ${percent(opens.part)} or more of those looked at within the window (SWEEP_PERIOD_S, at least ${spanOf(window.atLeastMs)}, at most
${spanOf(window.atMostMs)}), are one incident. It ends when fewer than ${ends.wabas}, or less than ${percent(ends.part)}, are in trouble and somebody was seen to be well. While it
lasts, a bad look that no webhook announced counts as silence; a silent removal is then found by the complete listing, walked
within ${PERIODS.map((ms) => spanOf(planPeriodMs(1 / 4, ms))).join(" or ")} (SWEEP_PERIOD_S ${PERIODS.map(spanOf).join(" or ")}). The whole rule: docs/decisions/0003-systemic-trouble.md.

Before that, a second bad look without an announcement counts once another WABA was seen to stand since the first, and fewer than ${percent(opens.part)} of
those looked at since fail as well; it waits for that ${spanOf(TROUBLE.heldAtMostMs)} at the most. A Meta that denies every WABA so closes none; one that
denies some can close up to ${opens.wabas - 1} before the incident opens.
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

const HEAD = `# When we look, and how long a loss can stay unseen

This page is made from the tables in \`src/sharing/rules/probe-plan.ts\`, \`rules.ts\`, \`probe-budget.ts\` and \`incident.ts\`.

SWEEP_PERIOD_S is the upper bound between two looks at a share: a share that is long stable is swept once in that time, one where something is
going on sooner, but no more often than every ${spanOf(SWEEP_AT_MOST_EVERY)}. The first row that matches counts. Each period is shortened by up to ${percent(SWEEP_JITTER)} at
random, so that a fleet that was imported at once is not looked at at once for ever. A WABA that was ended on purpose is not looked at.
`;

const DETECTION_HEAD = `
## How long a loss can stay unseen

From the loss to the closed gate, at worst: Meta's reads are taken to lag up to 3 s behind, which is not counted here, and a look that gets an
answer takes up to ${spanOf(PROBE_AT_MOST)}. Time in which Meta, our token or our network gives no answer is added. It holds while the instances keep up with the sweep:
\`sharekeeper_oldest_proof_age_seconds\` tells.
`;

const DETECTION_TAIL = `
Not announced and not shown by any read: that a companion phone was offboarded (rule 10). What was measured in simulation stands in
[simulation.md](simulation.md).`;
