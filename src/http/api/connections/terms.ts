import { mayAct } from "../../../access/actor.ts";
import { ifMatchOf } from "../../kit/etag.ts";
import { CaseFields, saveCaseFields } from "../cases/cases.ts";
import type { By } from "../../../sharing/record/record-observation.ts";
import { z } from "@hono/zod-openapi";
import type { Sql } from "../../../database/database.ts";
import { findAsset } from "../../../directory/asset-store.ts";
import { findClients } from "../../../directory/client-store.ts";
import { saveModes, type Cohort, type ModeStep } from "../../../onboarding/terms/save-modes.ts";
import { saveWabaTerms } from "../../../onboarding/terms/save-waba-terms.ts";
import { Problem } from "../../../problems.ts";
import { checkShare } from "../../../sharing/probe/check-share.ts";
import { obtainClientToken, type Obtained } from "../../../sharing/probe/obtain-client-token.ts";
import { PARTNER_MODEL_NAMES, partnerModelOf } from "../../../sharing/model/partner-model.ts";
import { english } from "../../../messages/english.ts";
import { getAssetId, renderVersioned, renderWabaNow } from "../wabas/get-waba.ts";
import type { HttpDeps } from "../../kit/http-deps.ts";
import { defineRoute, type Route } from "../../kit/route.ts";
import { WabaSchema } from "../wabas/waba-schema.ts";
import { WabaId } from "../wabas/wabas.ts";

const Mode = z.enum(["enforce", "observe"]);

const TermFields = z.strictObject({
  partner_model: z.enum(PARTNER_MODEL_NAMES).optional(),
  mode: Mode.nullable()
    .optional()
    .openapi({ description: "`null`: the mode of its client, else of its connection." }),
  sends_with: z
    .enum(["system_user", "client"])
    .optional()
    .openapi({ description: "Whose token sends its messages. Some partner models allow only one." }),
});

const Terms = TermFields.extend(CaseFields.shape);

const hasTerms = (body: z.output<typeof Terms>): boolean =>
  Object.keys(body).some((name) => Object.hasOwn(TermFields.shape, name));

const patch = defineRoute({
  method: "PATCH",
  path: "/api/v1/wabas/{waba_id}",
  who: "support",
  name: "updateWaba",
  group: "WABAs",
  summary: "Set the terms of a WABA: partner model, sender's token, mode; or its case: owner, tags, snooze",
  description:
    "Fields that are left out stay unchanged. A change appears in the timeline and in the events. The terms need the role admin; a call sets either terms or the case. A snooze ends early when the status changes.",
  params: WabaId,
  body: Terms,
  answer: { status: 200, description: "The WABA with its new terms.", schema: WabaSchema },
  isVersioned: true,
  problems: [
    ...(["waba_not_found", "person_not_found", "terms_barred"] as const),
    ...(["changed_meanwhile", "foreign_origin"] as const),
  ],
  audit: "waba.configured",
  async handle({ deps, params, body, actor, by, act, request, answerHeaders }) {
    const assetId = await getAssetId(deps.db, params.waba_id);
    const isCurrent = ifMatchOf(request);
    if (!hasTerms(body)) {
      act.note({ after: body });
      await saveCaseFields(deps, { assetId, fields: body, isCurrent, actor, by });
      return renderVersioned(deps, params.waba_id, answerHeaders);
    }
    if (Object.keys(body).some((name) => Object.hasOwn(CaseFields.shape, name)))
      throw new Problem("invalid_request", {
        faults: "body: set the terms (partner_model, mode, sends_with) and the case in two calls",
      });
    if (!mayAct(actor, "admin")) throw new Problem("not_permitted", { role: "admin", own: actor.role });
    act.watch((sql) => readTerms(sql, assetId));
    const terms = { partnerModel: body.partner_model, mode: body.mode, sendsWith: body.sends_with };
    const saved = await saveWabaTerms(deps, { assetId, terms, isCurrent, by });
    if (saved === "conflict") throw new Problem("changed_meanwhile");
    if (saved === "barred") throw await barredOf(deps, assetId, body.partner_model);
    return renderVersioned(deps, params.waba_id, answerHeaders);
  },
});

/** What the audit shows of a change of terms. */
async function readTerms(sql: Sql, assetId: string): Promise<Record<string, unknown> | null> {
  const asset = await findAsset(sql, assetId);
  if (asset === undefined) return null;
  const { partnerModel, sendsWith, ownMode } = asset;
  return { partner_model: partnerModel, sends_with: sendsWith, mode: ownMode };
}

async function barredOf(
  deps: Pick<HttpDeps, "db">,
  assetId: string,
  asked: z.output<typeof Terms>["partner_model"],
): Promise<Problem> {
  const asset = await findAsset(deps.db, assetId);
  const model = partnerModelOf(asked ?? asset?.partnerModel ?? "portfolio_share");
  const sender = model.sendsWith === "client" ? "client" : "system user";
  return new Problem("terms_barred", { model: model.name, sends_with: sender });
}

const ClientToken = z
  .object({
    outcome: z.enum(["obtained", "replaced", "unchanged"]),
    waba: WabaSchema,
  })
  .openapi("ClientToken");

const obtain = defineRoute({
  method: "POST",
  path: "/api/v1/wabas/{waba_id}/client-token",
  who: "operator",
  name: "obtainClientToken",
  group: "WABAs",
  summary: "Get a new client token from Meta",
  description:
    "Works while the share and the client's grant exist; the client need not sign up again. The token itself is never shown.",
  params: WabaId,
  body: z.strictObject({}),
  answer: { status: 200, description: "The outcome.", schema: ClientToken },
  problems: ["waba_not_found", "client_token_missing", "foreign_origin"],
  audit: "waba.client_token_asked",
  async handle({ deps, params, by }) {
    const assetId = await getAssetId(deps.db, params.waba_id);
    const obtained = await obtainFor(deps, assetId, by);
    await deps.clientTokens.refresh([assetId]);
    if (obtained.outcome !== "unchanged") await checkShare(deps, { assetId, by });
    const waba = await renderWabaNow(deps, params.waba_id);
    return { outcome: obtained.outcome, waba };
  },
});

type Held = Extract<Obtained["outcome"], "obtained" | "replaced" | "unchanged">;

async function obtainFor(
  deps: Pick<HttpDeps, "db" | "clock" | "accountOf" | "keyring">,
  assetId: string,
  by: By,
): Promise<{ outcome: Held }> {
  const asset = await findAsset(deps.db, assetId);
  const account = asset && deps.accountOf(asset.connectionId);
  if (asset === undefined || account === undefined) throw new Problem("waba_not_found", { id: assetId });
  const obtained = await obtainClientToken(deps, { asset, account, by });
  if (obtained.outcome === "obtained" || obtained.outcome === "replaced" || obtained.outcome === "unchanged")
    return { outcome: obtained.outcome };
  const metaMessage = "metaMessage" in obtained ? obtained.metaMessage : "";
  throw new Problem("client_token_missing", {
    why: english(`client_token.${obtained.outcome}`, { metaMessage }),
  });
}

const ModesBody = z
  .strictObject({
    mode: Mode,
    waba_ids: z.array(WabaId.shape.waba_id).min(1).max(1000).optional(),
    client_id: z.string().max(100).optional().openapi({
      description: "Applies to all WABAs of this client that have no mode of their own, also later ones.",
    }),
    dry_run: z.boolean().default(false),
  })
  .refine((body) => (body.waba_ids === undefined) !== (body.client_id === undefined), {
    error: "give either waba_ids or client_id",
  });

const ModeSteps = z
  .object({
    dry_run: z.boolean(),
    counts: z.object({ wabas: z.int(), closes: z.int(), opens: z.int() }),
    data: z.array(
      z.object({
        waba_id: z.string(),
        before: Mode,
        after: Mode,
        status: z.string(),
        reason: z.string().nullable(),
        gate: z.enum(["closes", "opens", "stays"]).openapi({
          description: "What the switch changes for messages of this WABA.",
        }),
      }),
    ),
  })
  .openapi("ModeSteps");

const modes = defineRoute({
  method: "POST",
  path: "/api/v1/modes",
  who: "admin",
  name: "setModes",
  group: "WABAs",
  summary: "Switch a cohort between observing and enforcing",
  description: "With `dry_run` nothing changes: the answer says what the switch would do.",
  body: ModesBody,
  answer: { status: 200, description: "Each WABA with the effect of the switch.", schema: ModeSteps },
  problems: ["waba_not_found", "client_not_found", "foreign_origin"],
  audit: "modes.set",
  async handle({ deps, body, by, act }) {
    act.note({
      target: body.client_id === undefined ? null : { type: "client", id: body.client_id },
      after: { mode: body.mode, waba_ids: body.waba_ids, dry_run: body.dry_run },
    });
    const cohort = await cohortOf(deps, body);
    const planned = await saveModes(deps, { mode: body.mode, cohort, dryRun: true, by });
    act.note({
      before: { modes: Object.fromEntries(planned.map(({ wabaId, before }) => [wabaId, before])) },
    });
    const steps = await saveModes(deps, { mode: body.mode, cohort, dryRun: body.dry_run, by });
    return renderSteps(steps, body.dry_run);
  },
});

async function cohortOf(deps: Pick<HttpDeps, "db">, body: z.output<typeof ModesBody>): Promise<Cohort> {
  if (body.client_id !== undefined) {
    const [client] = await findClients(deps.db, [body.client_id]);
    if (client === undefined) throw new Problem("client_not_found", { id: body.client_id });
    return { clientId: client.id };
  }
  const assetIds: string[] = [];
  for (const wabaId of new Set(body.waba_ids)) assetIds.push(await getAssetId(deps.db, wabaId));
  return { assetIds };
}

function renderSteps(steps: readonly ModeStep[], dryRun: boolean): z.input<typeof ModeSteps> {
  const count = (gate: ModeStep["gate"]): number => steps.filter((step) => step.gate === gate).length;
  return {
    dry_run: dryRun,
    counts: { wabas: steps.length, closes: count("closes"), opens: count("opens") },
    data: steps.map((step) => ({
      waba_id: step.wabaId,
      before: step.before,
      after: step.after,
      status: step.status,
      reason: step.reason,
      gate: step.gate,
    })),
  };
}

export const termsRoutes: Route[] = [patch, obtain, modes];
