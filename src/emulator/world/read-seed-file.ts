/** A world of one's own, from a file: `sharekeeper emulator --seed world.json`. */
import { readFileSync } from "node:fs";
import { z } from "zod";
import { StartError } from "../../lib/start-error.ts";
import type { Seed } from "./seed.ts";
import { TASKS } from "./world.ts";

const metaId = z.string().regex(/^\d{1,20}$/, "must be an id: digits, as a string");

const seedSchema: z.ZodType<Seed> = z.strictObject({
  clients: z.array(
    z.strictObject({
      business_id: metaId,
      name: z.string().min(1),
      verified: z.boolean().exactOptional(),
      wabas: z.array(
        z.strictObject({
          id: metaId,
          name: z.string().min(1).exactOptional(),
          kind: z.enum(["platform", "coexistence"]),
          shared: z.boolean().exactOptional(),
          tasks: z.array(z.enum(TASKS)).exactOptional(),
          numbers: z.array(
            z.strictObject({
              id: metaId,
              display_phone_number: z.string().min(1),
              verified_name: z.string().min(1).exactOptional(),
            }),
          ),
        }),
      ),
    }),
  ),
  losses: z.array(z.record(z.string(), z.unknown())).default([]),
});

/** Throws StartError, one line: the file, the first fault and where it stands. */
export function readSeedFile(path: string): Seed {
  const parsed = seedSchema.safeParse(parseJson(path));
  if (parsed.success) return parsed.data;
  const [fault] = parsed.error.issues;
  const where = fault?.path.join(".") || "the file";
  throw new StartError(
    `${path} is no seed: ${where}: ${fault?.message ?? "malformed"}. docs/guides/emulator.md has an example.`,
  );
}

function parseJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StartError(`The seed file ${path} cannot be read: ${why}. Give the path of a JSON file.`);
  }
}
