import type { Role } from "../../../access/actor.ts";
import type { HttpDeps } from "../../kit/http-deps.ts";
import type { By } from "../../../sharing/record/record-observation.ts";
import { z } from "@hono/zod-openapi";
import { adoptWaba } from "../../../onboarding/terms/adopt-waba.ts";
import { offboardWaba } from "../../../onboarding/terms/offboard-waba.ts";
import { APP_ACTIVITY_STATES } from "../../../coexistence/app-activity.ts";
import { laterProblem, Problem, type ProblemCode } from "../../../problems.ts";
import { DECIDING_SIGNALS } from "../../../sharing/model/client-signals.ts";
import { checkShare } from "../../../sharing/probe/check-share.ts";
import { claimCheck } from "../../../sharing/probe/claim-check.ts";
import { CHECKS_PER_MINUTE } from "../../../sharing/model/timings.ts";
import { resumeMessages, stopMessages } from "../../../sharing/record/stop-messages.ts";
import { exportWabas } from "./export-wabas.ts";
import { getAssetId, renderVersioned, renderWabaNow } from "./get-waba.ts";
import { commaList, Cursor, Limit, listOf } from "../../kit/list-schema.ts";
import { defineRoute, type Route } from "../../kit/route.ts";
import { readWabaList, SORT_WORDS } from "./read-waba-list.ts";
import {
  Instant,
  Kind,
  STATUSES,
  TAG_LENGTH,
  WabaSchema,
  WabaSummarySchema,
  WhoMustAct,
} from "./waba-schema.ts";

const WabaId = z.object({
  waba_id: z
    .string()
    .regex(/^\d{5,20}$/, "a WABA's id at Meta: 5 to 20 digits")
    .openapi({ example: "100000000000004" }),
});

const WabaQuery = z.strictObject({
  q: z
    .string()
    .max(200)
    .optional()
    .openapi({ description: "A name, an id, or a phone number in any format." }),
  status: commaList(z.enum(STATUSES))
    .optional()
    .openapi({ type: "string", description: "One or more, separated by commas." }),
  reason: z.string().max(100).optional(),
  kind: Kind.optional(),
  client_id: z.string().max(100).optional(),
  who_must_act: WhoMustAct.optional(),
  app_activity: commaList(z.enum(APP_ACTIVITY_STATES)).optional().openapi({
    type: "string",
    description: "WABAs with a number whose app should be opened. One or more, separated by commas.",
  }),
  client_signal: commaList(z.enum(DECIDING_SIGNALS)).optional().openapi({
    type: "string",
    description: "What the client has said on its page within this loss. One or more, separated by commas.",
  }),
  broken: z.enum(["true", "false"]).optional().openapi({
    description:
      "Only WABAs that are neither live nor ended on purpose, by the client (`intended`) or by the provider.",
  }),
  incident: z
    .string()
    .regex(/^(none|inc_[\w-]{1,60})$/, "the id of an incident, or none")
    .optional()
    .openapi({
      description:
        "WABAs that are `unknown` because of this open incident; `none`: WABAs that no open incident explains.",
    }),
  owner: z
    .string()
    .max(100)
    .optional()
    .openapi({ description: "The id of who is on it; `me`: you; `none`: nobody." }),
  tag: commaList(z.string().max(TAG_LENGTH))
    .optional()
    .openapi({ type: "string", description: "WABAs with all of these tags, separated by commas." }),
  mentions: z
    .string()
    .max(100)
    .optional()
    .openapi({ description: "WABAs with a note that mentions this person; `me`: you." }),
  snoozed: z.enum(["true", "false"]).optional(),
  sort: z
    .enum(SORT_WORDS)
    .default("attention")
    .openapi({ description: "With `-` descending; `attention` is worst first." }),
  limit: Limit,
  cursor: Cursor,
});

const wantsCsv = (request: Request): boolean => /\btext\/csv\b/i.test(request.headers.get("accept") ?? "");

const list = defineRoute({
  method: "GET",
  path: "/api/v1/wabas",
  who: "viewer",
  confinedBy: "caller",
  name: "listWabas",
  group: "WABAs",
  summary: "WABAs, worst first",
  description:
    "The short form; `GET /wabas/{waba_id}` shows one WABA in full. With `Accept: text/csv`, all rows that the filter matches, whatever `limit` says. The file's name and first line hold the filter.",
  query: WabaQuery,
  answer: { status: 200, description: "One page.", schema: listOf(WabaSummarySchema), alsoAs: ["text/csv"] },
  problems: ["invalid_cursor"],
  audit: null,
  handle: ({ deps, query: given, request, actor }) => {
    const meOr = (id: string | undefined): string | undefined => (id === "me" ? actor.id : id);
    const query = { ...given, owner: meOr(given.owner), mentions: meOr(given.mentions) };
    return wantsCsv(request) ? exportWabas(deps, query, actor) : readWabaList(deps, query, actor);
  },
});

const get = defineRoute({
  method: "GET",
  path: "/api/v1/wabas/{waba_id}",
  who: "viewer",
  name: "getWaba",
  group: "WABAs",
  summary: "One WABA: status, conditions, numbers, recovery",
  params: WabaId,
  answer: { status: 200, description: "The WABA as it is known now.", schema: WabaSchema },
  problems: ["waba_not_found"],
  audit: null,
  isVersioned: true,
  handle: ({ deps, params, answerHeaders }) => renderVersioned(deps, params.waba_id, answerHeaders),
});

/** An operator's command on one WABA. Answers with the WABA afterwards. */
function actRoute(
  command: "check" | "adopt" | "offboard",
  spec: {
    who: Role;
    name: string;
    summary: string;
    description: string;
    answer: string;
    audit: string;
    problems?: readonly ProblemCode[];
  },
  verb: (deps: HttpDeps, input: { assetId: string; by: By }) => Promise<unknown>,
): Route {
  return defineRoute({
    method: "POST",
    path: `/api/v1/wabas/{waba_id}/${command}`,
    who: spec.who,
    name: spec.name,
    group: "WABAs",
    summary: spec.summary,
    description: spec.description,
    params: WabaId,
    body: z.strictObject({}),
    answer: { status: 200, description: spec.answer, schema: WabaSchema },
    problems: ["waba_not_found", "foreign_origin", ...(spec.problems ?? [])],
    audit: spec.audit,
    async handle({ deps, params, by }) {
      const assetId = await getAssetId(deps.db, params.waba_id);
      await verb(deps, { assetId, by });
      return renderWabaNow(deps, params.waba_id);
    },
  });
}

const check = actRoute(
  "check",
  {
    who: "support",
    name: "checkWaba",
    summary: "Check a WABA with Meta now",
    description:
      "Answers when the result is settled, after 10 s at the latest. A WABA may be checked " +
      `${CHECKS_PER_MINUTE} times a minute by all callers together; then 429.`,
    answer: "The WABA after the check.",
    audit: "waba.checked",
    problems: ["too_many_checks"],
  },
  async (deps, input) => {
    const waitMs = await claimCheck(deps, input.assetId);
    if (waitMs > 0) throw laterProblem("too_many_checks", waitMs);
    await checkShare(deps, input);
  },
);

const adopt = actRoute(
  "adopt",
  {
    who: "operator",
    name: "adoptWaba",
    summary: "Adopt a discovered WABA",
    description: "An adopted WABA stays unchanged.",
    answer: "The WABA, adopted and probed.",
    audit: "waba.adopted",
  },
  adoptWaba,
);

const offboard = actRoute(
  "offboard",
  {
    who: "operator",
    name: "offboardWaba",
    summary: "Offboard a WABA",
    description: "Its gate closes and probes stop. `adopt` takes it back.",
    answer: "The WABA, ended.",
    audit: "waba.offboarded",
  },
  offboardWaba,
);

const close = defineRoute({
  method: "POST",
  path: "/api/v1/wabas/{waba_id}/close",
  who: "operator",
  name: "closeWaba",
  group: "WABAs",
  summary: "Stop the messages of a WABA",
  description:
    "Holds in every mode and status, whatever probes prove; probes continue. Only `reopen` or the end time lifts it. The timeline shows the reason and your name.",
  params: WabaId,
  body: z.strictObject({
    reason: z
      .string()
      .trim()
      .min(1, "give the reason: support needs it for questions")
      .max(500)
      .openapi({ example: "Invoice 4711" }),
    until: Instant.optional().openapi({
      description:
        "When the stop ends, an instant in the future. Without it, only an operator lifts the stop.",
    }),
  }),
  answer: { status: 200, description: "The WABA, its gate closed.", schema: WabaSchema },
  problems: ["waba_not_found", "foreign_origin"],
  audit: "waba.closed",
  async handle({ deps, params, body, by, act }) {
    act.note({ after: { reason: body.reason, until: body.until ?? null } });
    const assetId = await getAssetId(deps.db, params.waba_id);
    const until = body.until === undefined ? null : Date.parse(body.until);
    if (until !== null && until <= deps.clock.now())
      throw new Problem("invalid_request", { faults: "until: give an instant in the future" });
    await stopMessages(deps, { assetId, why: body.reason, until, by });
    return renderWabaNow(deps, params.waba_id);
  },
});

const reopen = defineRoute({
  method: "POST",
  path: "/api/v1/wabas/{waba_id}/reopen",
  who: "operator",
  name: "reopenWaba",
  group: "WABAs",
  summary: "Lift an operator's close, or open a gate by hand",
  description:
    "Lifts an operator's stop: proofs decide again. Without a stop, it opens a gate that stays closed in status `unknown`, if no required condition is False. It does not restore a share that the client removed.",
  params: WabaId,
  body: z.strictObject({}),
  answer: { status: 200, description: "The WABA afterwards.", schema: WabaSchema },
  problems: ["waba_not_found", "not_stopped_by_us", "foreign_origin"],
  audit: "waba.reopened",
  async handle({ deps, params, by }) {
    const assetId = await getAssetId(deps.db, params.waba_id);
    const stopping = await resumeMessages(deps, { assetId, by });
    const waba = await renderWabaNow(deps, params.waba_id);
    if (stopping === "barred")
      throw new Problem(
        "not_stopped_by_us",
        { summary: waba.summary },
        {
          facts: {
            reason: waba.reason,
            since: waba.since,
            whoMustAct: waba.who_must_act,
            hasReshareLink: waba.has_reshare_link,
          },
        },
      );
    return waba;
  },
});

export { WabaId };
export const wabaRoutes: Route[] = [list, get, check, adopt, offboard, close, reopen];
