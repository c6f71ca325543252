import { z } from "@hono/zod-openapi";
import { Problem } from "../../../problems.ts";
import { english } from "../../../messages/english.ts";
import { Cursor, Limit, listOf, pageOf } from "../../kit/list-schema.ts";
import { readRepairs, type Repair } from "../../../reports/repair-store.ts";
import { parseCursor, renderCursor, type PageCursor } from "../../../reports/page-cursor.ts";
import { defineRoute, type Route } from "../../kit/route.ts";
import { Instant } from "../wabas/waba-schema.ts";

const OUTCOMES = {
  "app_subscription.repaired": "repaired",
  "app_subscription.repair_failed": "failed",
  "subscription.repaired": "repaired",
  "subscription.repair_failed": "failed",
  "subscription.override_restored": "repaired",
  "subscription.override_lost": "lost",
} as const;

type What = keyof typeof OUTCOMES;

const RepairSchema = z
  .object({
    id: z.string(),
    at: Instant,
    what: z.enum(Object.keys(OUTCOMES) as [What, ...What[]]),
    outcome: z.enum(["repaired", "failed", "lost"]),
    title: z.string(),
    detail: z.string().nullable().openapi({ description: "The finding, Meta's message, or the callback." }),
    connection: z.string().nullable(),
    waba: z
      .object({ id: z.string(), name: z.string() })
      .nullable()
      .openapi({ description: "Null when it is about the app." }),
  })
  .openapi("Repair", {
    description: "A repair of one of our subscriptions or callbacks, successful or not.",
  });

const list = defineRoute({
  method: "GET",
  path: "/api/v1/repairs",
  who: "viewer",
  name: "listRepairs",
  group: "Service",
  summary: "Automatic repairs of webhook subscriptions and callbacks, newest first",
  query: z.strictObject({ limit: Limit, cursor: Cursor }),
  answer: { status: 200, description: "One page.", schema: listOf(RepairSchema) },
  problems: ["invalid_cursor"],
  audit: null,
  async handle({ deps, query: { cursor, limit } }) {
    const rows = await readRepairs(deps.db, positionOf(parseCursor(cursor, "repairs", 2)), limit + 1);
    const cursorOf = ({ at, key }: Repair): string =>
      renderCursor({ sort: "repairs", values: [at.getTime(), key] });
    return pageOf(rows, limit, cursorOf, (page) => page.map(renderRepair));
  },
});

function positionOf(cursor: PageCursor | null): { at: Date; key: string } | null {
  if (cursor === null) return null;
  const at = new Date(Number(cursor.values[0]));
  if (Number.isNaN(at.getTime())) throw new Problem("invalid_cursor");
  return { at, key: String(cursor.values[1]) };
}

function renderRepair(repair: Repair): z.input<typeof RepairSchema> {
  const what = repair.what as What;
  return {
    id: repair.key,
    at: repair.at.toISOString(),
    what,
    outcome: OUTCOMES[what],
    title: english(`repairs.${what}`),
    detail: repair.detail ?? (repair.found === null ? null : foundSentenceOf(repair.found)),
    connection: repair.connectionId,
    waba: repair.wabaId === null ? null : { id: repair.wabaId, name: repair.name ?? repair.wabaId },
  };
}

function foundSentenceOf(found: string): string {
  const key = `webhook_checks.found.${found}`;
  return english.has(key) ? english(key) : found;
}

export const repairRoutes: Route[] = [list];
