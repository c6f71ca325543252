import { z } from "@hono/zod-openapi";
import { openImport, openImportRows, type RowWish } from "../../../onboarding/import/open-import.ts";
import { Problem } from "../../../problems.ts";
import { readImport, untilImportEnds } from "./read-import.ts";
import { commaList } from "../../kit/list-schema.ts";
import { defineRoute, type Route } from "../../kit/route.ts";
import { IMPORT_RESULTS, ImportSchema } from "./import-schema.ts";

const MOST_ROWS = 10_000;

const RowSchema = z.strictObject({
  waba_id: z.string().max(100).openapi({ example: "100000000000004" }),
  external_id: z.string().min(1).max(200).nullish().openapi({
    description: "Your own id of this client. A client that has one keeps it.",
  }),
  client_name: z.string().min(1).max(200).nullish().openapi({
    description:
      "The name of this client here. It stands before Meta's; a client that was given one before keeps it.",
  }),
});

const Rows = z.array(RowSchema).max(MOST_ROWS);
const More = z.boolean().default(false).openapi({
  description: "More rows are to come, with `POST /api/v1/imports/{id}/rows`: only then does it start.",
});

const wishOf = (row: z.output<typeof RowSchema>): RowWish => ({
  wabaId: row.waba_id.trim(),
  externalId: row.external_id ?? null,
  clientName: row.client_name ?? null,
});

const create = defineRoute({
  method: "POST",
  path: "/api/v1/imports",
  who: "operator",
  name: "createImport",
  group: "Onboarding",
  summary: "Take in the WABAs that are shared already",
  description:
    "Walks Meta's list of shared WABAs to its end. With `rows` only the WABAs that they name are taken in: what was found is adopted, " +
    "and one that was never shared with you is an error of its row. Safe to repeat: what is known stays as it is. Answers when it is " +
    "over, after 10 s at the latest; then ask for it by its id.",
  body: z.strictObject({
    dry_run: z
      .boolean()
      .default(false)
      .openapi({ description: "Says what would be done, and does nothing." }),
    mode: z.enum(["enforce", "observe"]).optional().openapi({
      description: "Of each WABA that it takes in; else as the installation says.",
    }),
    rows: Rows.optional(),
    more: More,
  }),
  answer: { status: 200, description: "The import, as far as it is.", schema: ImportSchema },
  problems: ["foreign_origin"],
  audit: "import.created",
  async handle({ deps, body, actor, requestId }) {
    const importId = await openImport(deps, {
      connectionId: "default",
      dryRun: body.dry_run,
      mode: body.mode ?? null,
      rows: body.rows?.map(wishOf) ?? (body.more ? [] : null),
      more: body.more,
      by: { actor: actor.id, requestId },
    });
    if (!body.more) await untilImportEnds(deps, importId);
    return readImport(deps, importId, null);
  },
});

const ImportId = z.object({ id: z.string().max(64).openapi({ example: "imp_8k2m5v9q3w7x1z4c6b0n" }) });

const addRows = defineRoute({
  method: "POST",
  path: "/api/v1/imports/{id}/rows",
  who: "operator",
  name: "addImportRows",
  group: "Onboarding",
  summary: "More rows of an import that waits for them",
  params: ImportId,
  body: z.strictObject({ rows: Rows, more: More }),
  answer: { status: 200, description: "The import, as far as it is.", schema: ImportSchema },
  problems: ["import_not_found", "import_begun", "foreign_origin"],
  audit: "import.rows_added",
  async handle({ deps, params, body }) {
    await readImport(deps, params.id, null);
    const rows = body.rows.map(wishOf);
    if (!(await openImportRows(deps, { importId: params.id, rows, more: body.more })))
      throw new Problem("import_begun");
    if (!body.more) await untilImportEnds(deps, params.id);
    return readImport(deps, params.id, null);
  },
});

const get = defineRoute({
  method: "GET",
  path: "/api/v1/imports/{id}",
  who: "viewer",
  name: "getImport",
  group: "Onboarding",
  summary: "One import: how far it is, and what became of each row",
  params: ImportId,
  query: z.strictObject({
    result: commaList(z.enum(IMPORT_RESULTS))
      .optional()
      .openapi({ type: "string", description: "Only rows that ended so; one or more, with commas." }),
  }),
  answer: { status: 200, description: "The import as it is now.", schema: ImportSchema },
  problems: ["import_not_found"],
  audit: null,
  handle: ({ deps, params, query }) => readImport(deps, params.id, query.result ?? null),
});

export const importRoutes: Route[] = [create, addRows, get];
