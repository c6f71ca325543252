import { z } from "@hono/zod-openapi";
import {
  countOutcomes,
  countSignupFunnel,
  countSignupStates,
  findMedianDurations,
  type OutcomeCount,
} from "../../../onboarding/signup/signup-outcome-store.ts";
import { english } from "../../../messages/english.ts";
import { isoOf } from "../wabas/render-waba.ts";
import { defineRoute, type Route } from "../../kit/route.ts";
import { SIGNUP_STATES } from "./signup-schema.ts";
import { Instant } from "../wabas/waba-schema.ts";

const Count = z.int().min(0);

const Outcomes = z
  .object({
    as_of: Instant,
    since: Instant.nullable(),
    states: z.object({
      invited: Count,
      opened: Count,
      signed: Count,
      proving: Count,
      ready: Count,
      abandoned: Count,
    }),
    reached: z
      .object({ invited: Count, opened: Count, signed: Count, ready: Count })
      .openapi({ description: "How many signups reached this step or a later one." }),
    outcomes: z
      .array(
        z.object({
          outcome: z.string().nullable().openapi({ description: "Null: no answer from Meta's dialog." }),
          title: z.string(),
          count: Count,
          median_s: z.number().nullable().openapi({ description: "Half of these attempts took less." }),
          steps: z.array(z.object({ step: z.string(), count: Count })).openapi({
            description: "The dialog's screens on which they were left, as far as Meta reported it.",
          }),
        }),
      )
      .openapi({ description: "How the attempts of these signups ended, most frequent first." }),
  })
  .openapi("SignupOutcomes");

const outcomes = defineRoute({
  method: "GET",
  path: "/api/v1/signup-outcomes",
  who: "viewer",
  name: "getSignupOutcomes",
  group: "Onboarding",
  summary: "How far signups came, and where clients gave up",
  query: z.strictObject({
    since: Instant.optional().openapi({ description: "Only signups created since then; without it, all." }),
  }),
  answer: { status: 200, description: "Counts as of now.", schema: Outcomes },
  problems: [],
  audit: null,
  async handle({ deps: { db, clock, settings }, query }) {
    const since = query.since === undefined ? null : new Date(query.since);
    const states = new Map((await countSignupStates(db, since)).map(({ state, count }) => [state, count]));
    const medians = await findMedianDurations(db, since);
    return {
      as_of: isoOf(clock.now()),
      since: query.since ?? null,
      states: Object.fromEntries(SIGNUP_STATES.map((state) => [state, states.get(state) ?? 0])) as z.input<
        typeof Outcomes
      >["states"],
      reached: await countSignupFunnel(db, since),
      outcomes: outcomesOf(await countOutcomes(db, since), medians, settings.partnerName),
    };
  },
});

function outcomesOf(
  counts: OutcomeCount[],
  medians: ReadonlyMap<string, number>,
  partner: string,
): z.input<typeof Outcomes>["outcomes"] {
  const groups = [...Map.groupBy(counts, ({ outcome }) => outcome)];
  return groups
    .map(([outcome, rows]) => ({
      outcome,
      title: titleOf(outcome, partner),
      count: rows.reduce((sum, { count }) => sum + count, 0),
      median_s: medians.get(outcome ?? "") ?? null,
      steps: rows.flatMap(({ step, count }) => (step === null ? [] : [{ step, count }])),
    }))
    .sort((left, right) => right.count - left.count);
}

function titleOf(outcome: OutcomeCount["outcome"], partner: string): string {
  if (outcome === null) return english("signup_outcome.open");
  if (outcome === "finished") return english("signup_outcome.finished");
  const chosen = english("client_page.unnamed.other");
  return english(`client_page.exit_reason.${outcome}.title`, { partner, chosen });
}

export const signupOutcomeRoutes: Route[] = [outcomes];
