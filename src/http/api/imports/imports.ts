import { z } from "@hono/zod-openapi";
import { openImport, openImportRows, type RowWish } from "../../../onboarding/import/open-import.ts";
import { Problem } from "../../../problems.ts";
import { Contact } from "../clients/contact-schema.ts";
import { readImport, untilImportEnds } from "./read-import.ts";
import { commaList } from "../../kit/list-schema.ts";
import { defineRoute, type Route } from "../../kit/route.ts";
import { IMPORT_RESULTS, ImportSchema } from "./import-schema.ts";

const MOST_ROWS = 10_000;

const ContactText = z.string().max(300).nullish();

const RowSchema = z.strictObject({
  waba_id: z.string().max(100).openapi({ example: "100000000000004" }),
  external_id: z.string().min(1).max(200).nullish().openapi({
    description: "Your own id of this client. An id that was set before stays.",
  }),
  client_name: z.string().min(1).max(200).nullish().openapi({
    description: "Your name for this client, shown instead of Meta's. A name that was set before stays.",
  }),
  contact_name: ContactText.openapi({
    description:
      "A person at this client whom you write to, with `contact_email` or `contact_phone`. A contact that the client has already, by email or phone, stays as it is; others are added.",
  }),
  contact_email: ContactText,
  contact_phone: ContactText.openapi({ example: "+15550190001" }),
  language: ContactText.openapi({ description: "The contact's language, such as `es`.", example: "es" }),
});

/** Null: the row has none. A wrong one is a fault of its row and not of the call. */
function contactOf(row: z.output<typeof RowSchema>): RowWish["contact"] {
  const [name, email, phone, language] = [
    row.contact_name,
    row.contact_email,
    row.contact_phone,
    row.language,
  ].map((text) => (text?.trim() ?? "") || null);
  if (name === null && email === null && phone === null) return null;
  const parsed = Contact.safeParse({ name: name ?? email ?? phone, email, phone, language });
  return parsed.success ? parsed.data : "invalid";
}

const Rows = z.array(RowSchema).max(MOST_ROWS);
const More = z.boolean().default(false).openapi({
  description: "More rows follow with `POST /api/v1/imports/{id}/rows`; the import starts after them.",
});

const wishOf = (row: z.output<typeof RowSchema>): RowWish => ({
  wabaId: row.waba_id.trim(),
  externalId: row.external_id ?? null,
  clientName: row.client_name ?? null,
  contact: contactOf(row),
});

const create = defineRoute({
  method: "POST",
  path: "/api/v1/imports",
  who: "operator",
  name: "createImport",
  group: "Onboarding",
  summary: "Import the WABAs that are already shared",
  description:
    "Reads Meta's list of shared WABAs to its end. With `rows`, only the named WABAs are imported: discovered ones are adopted, " +
    "and one that was never shared with you is an error of its row. Safe to repeat: known WABAs stay unchanged. Answers when the import is " +
    "over, after 10 s at the latest; then read it by its id.",
  body: z.strictObject({
    dry_run: z
      .boolean()
      .default(false)
      .openapi({ description: "Changes nothing: the answer says what the import would do." }),
    mode: z.enum(["enforce", "observe"]).optional().openapi({
      description: "The mode of each imported WABA; without it, the installation's mode.",
    }),
    rows: Rows.optional(),
    more: More,
  }),
  answer: { status: 200, description: "The import and its progress.", schema: ImportSchema },
  problems: ["foreign_origin"],
  audit: "import.created",
  async handle({ deps, body, by, act }) {
    act.note({
      target: { type: "connection", id: "default" },
      after: { dry_run: body.dry_run, mode: body.mode, rows: body.rows?.length },
    });
    const importId = await openImport(deps, {
      connectionId: "default",
      dryRun: body.dry_run,
      mode: body.mode ?? null,
      rows: body.rows?.map(wishOf) ?? (body.more ? [] : null),
      more: body.more,
      by,
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
  summary: "Add rows to an open import",
  params: ImportId,
  body: z.strictObject({ rows: Rows, more: More }),
  answer: { status: 200, description: "The import and its progress.", schema: ImportSchema },
  problems: ["import_not_found", "import_begun", "foreign_origin"],
  audit: "import.rows_added",
  async handle({ deps, params, body, act }) {
    act.note({ after: { rows: body.rows.length } });
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
  summary: "One import: its progress and the result of each row",
  params: ImportId,
  query: z.strictObject({
    result: commaList(z.enum(IMPORT_RESULTS))
      .optional()
      .openapi({ type: "string", description: "Only rows with these results, separated by commas." }),
  }),
  answer: { status: 200, description: "The import as it is now.", schema: ImportSchema },
  problems: ["import_not_found"],
  audit: null,
  handle: ({ deps, params, query }) => readImport(deps, params.id, query.result ?? null),
});

export const importRoutes: Route[] = [create, addRows, get];
