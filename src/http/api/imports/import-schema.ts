import { z } from "@hono/zod-openapi";
import { Instant } from "../wabas/waba-schema.ts";

export const IMPORT_RESULTS = ["imported", "adopted", "known", "invalid"] as const;

const Count = z.int().min(0);

export const ImportSchema = z
  .object({
    id: z.string(),
    dry_run: z.boolean(),
    mode: z.enum(["enforce", "observe"]).nullable(),
    state: z.enum(["open", "running", "done", "failed"]).openapi({
      description:
        "`open` waits for more rows. `failed`: Meta's list could not be read to its end; the WABAs imported so far stay.",
    }),
    failure: z.string().nullable().openapi({ description: "Meta's last answer instead of the list." }),
    created_at: Instant,
    ended_at: Instant.nullable(),
    totals: z.object({
      listed: Count.openapi({ description: "WABAs that Meta listed so far." }),
      not_named: Count.openapi({ description: "Of these, WABAs that no row names: left unchanged." }),
      imported: Count,
      adopted: Count.openapi({ description: "Discovered earlier, and named by a row." }),
      known: Count,
      invalid: Count.openapi({
        description:
          "Rows that were refused: a malformed or repeated id, or a WABA that was never shared with you.",
      }),
    }),
    rows: z
      .object({
        read: Count,
        waiting: Count.openapi({ description: "Not known yet: Sharekeeper asks Meta again." }),
      })
      .nullable()
      .openapi({
        description:
          "Counts of the given rows; null when none were given. `read` is `imported` + `adopted` + `known` + `invalid` + `waiting`.",
      }),
    data: z
      .array(
        z.object({
          row: Count.nullable().openapi({
            description: "The number of the given row, from 1; null when none were given.",
          }),
          waba_id: z.string(),
          name: z.string().nullable(),
          client: z.string().nullable(),
          result: z.enum(IMPORT_RESULTS),
          why: z.string().nullable().openapi({ example: "external_id_taken" }),
          message: z.string().nullable().openapi({ description: "The same as a sentence." }),
        }),
      )
      .openapi({ description: "The first 1,000 rows; the totals count all." }),
  })
  .openapi("Import");
