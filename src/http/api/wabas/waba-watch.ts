import { z } from "@hono/zod-openapi";
import { findAsset, type Asset } from "../../../directory/asset-store.ts";
import { Problem } from "../../../problems.ts";
import { PLAN, planPeriodMs } from "../../../sharing/rules/probe-plan.ts";
import type { ShareRecord } from "../../../sharing/model/share-record.ts";
import { partnerModelOf } from "../../../sharing/model/partner-model.ts";
import { findShare } from "../../../sharing/record/share-store.ts";
import { withoutQuery } from "../../../sharing/status/setup-issues.ts";
import { getAssetId } from "./get-waba.ts";
import { isoOrNull } from "./render-waba.ts";
import { defineRoute, type Route } from "../../kit/route.ts";
import { findWatch, type WatchRow } from "../../../reports/waba-watch-store.ts";
import { Instant } from "./waba-schema.ts";
import { WabaId } from "./wabas.ts";

const Override = z.object({
  uri: z.string().openapi({ description: "The address without its query, which may hold secrets." }),
  held: z
    .boolean()
    .openapi({ description: "Whether Sharekeeper holds its verify token and can write it back." }),
  written_at: Instant.nullable().openapi({ description: "When Sharekeeper last wrote it at Meta." }),
  lost_at: Instant.nullable().openapi({
    description: "Since when it is known to be missing; null: it is in place.",
  }),
});

const NextProbe = z.object({
  at: Instant,
  asked_by: z
    .enum(["rule", "sweep"])
    .openapi({ description: "Whether a rule requires the probe, or the sweep." }),
  situation: z.string().openapi({ description: "The row of the probe plan that matches now." }),
  every_s: z.number().openapi({ description: "The sweep's period in this situation." }),
});

const Watch = z
  .object({
    waba_id: z.string(),
    partner_model: z.object({ name: z.string(), what: z.string(), mark: z.enum(["seen", "inferred"]) }),
    sends_with: z.enum(["system_user", "client"]),
    mode: z.object({
      name: z.enum(["enforce", "observe"]),
      from: z.enum(["waba", "client", "connection"]).openapi({ description: "Who says so." }),
    }),
    next_probe: NextProbe.nullable().openapi({
      description: "Null: the WABA is offboarded, and Sharekeeper no longer probes it.",
    }),
    subscription: z.object({
      status: z.enum(["True", "False", "Unknown"]),
      repaired_at: Instant.nullable(),
      repair_failed_at: Instant.nullable(),
      override: Override.nullable().openapi({
        description: "The WABA's own callback; null: Meta uses the app's callback.",
      }),
    }),
  })
  .openapi("WabaWatch", { description: "The terms of a WABA, its next probe and its webhook subscription." });

const get = defineRoute({
  method: "GET",
  path: "/api/v1/wabas/{waba_id}/probe-schedule",
  who: "viewer",
  name: "getWabaWatch",
  group: "WABAs",
  summary: "The terms of a WABA, its next probe and its webhook subscription",
  params: WabaId,
  answer: { status: 200, description: "The WABA's probe schedule now.", schema: Watch },
  problems: ["waba_not_found"],
  audit: null,
  async handle({ deps, params }) {
    const assetId = await getAssetId(deps.db, params.waba_id);
    const asset = await findAsset(deps.db, assetId);
    const share = await findShare(deps.db, assetId);
    const watch = await findWatch(deps.db, assetId);
    if (!asset || !share || !watch) throw new Problem("waba_not_found", { id: params.waba_id });
    const planned = { now: deps.clock.now(), sweepPeriodMs: deps.sweepPeriodMs };
    return renderWatch(asset, share.record, watch, planned);
  },
});

interface Planned {
  now: number;
  sweepPeriodMs: number;
}

function renderWatch(
  asset: Asset,
  record: ShareRecord,
  watch: WatchRow,
  planned: Planned,
): z.input<typeof Watch> {
  const { name, what, mark } = partnerModelOf(asset.partnerModel);
  return {
    waba_id: asset.wabaId,
    partner_model: { name, what, mark },
    sends_with: asset.sendsWith,
    mode: {
      name: asset.mode,
      from: asset.ownMode !== null ? "waba" : watch.clientMode !== null ? "client" : "connection",
    },
    next_probe: nextProbeOf(record, watch, planned),
    subscription: {
      status: record.facts.WebhookSubscribed.status,
      repaired_at: watch.repairedAt?.toISOString() ?? null,
      repair_failed_at: watch.repairFailedAt?.toISOString() ?? null,
      override: overrideOf(record, watch),
    },
  };
}

function nextProbeOf(
  record: ShareRecord,
  { nextProbeAt, urgentProbeAt }: WatchRow,
  { now, sweepPeriodMs }: Planned,
): z.input<typeof NextProbe> | null {
  const row = PLAN.find((candidate) => candidate.matches(record, now));
  if (nextProbeAt === null || row === undefined) return null;
  const isAsked = urgentProbeAt !== null && urgentProbeAt.getTime() <= nextProbeAt.getTime();
  return {
    at: nextProbeAt.toISOString(),
    asked_by: isAsked ? "rule" : "sweep",
    situation: row.when,
    every_s: planPeriodMs(row.share, sweepPeriodMs) / 1000,
  };
}

function overrideOf(
  { override, overrideStatus }: ShareRecord,
  { holdsOverrideToken }: WatchRow,
): z.input<typeof Override> | null {
  if (override === null) return null;
  return {
    uri: withoutQuery(override),
    held: holdsOverrideToken,
    written_at: isoOrNull(overrideStatus?.writtenAt ?? null),
    lost_at: isoOrNull(overrideStatus?.lostAt ?? null),
  };
}

export const wabaWatchRoutes: Route[] = [get];
