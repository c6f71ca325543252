import type { Tx } from "../database/database.ts";
import { newId } from "../lib/new-id.ts";
import type { Random } from "../lib/random.ts";
import { insertMetaIds } from "./meta-id-store.ts";
import { insertNumbers } from "./number-store.ts";

/**
 * Gives numbers of a WABA our own ids.
 *
 * @returns our ids, by Meta's
 */
export async function registerNumbers(
  tx: Tx,
  random: Random,
  phoneNumberIds: readonly string[],
  of: { connectionId: string; assetId: string; at: number },
): Promise<Map<string, string>> {
  const numbers = phoneNumberIds.map((metaId) => ({ metaId, ownerId: newId("num", random) }));
  await insertNumbers(
    tx,
    numbers.map((number) => number.ownerId),
    of,
  );
  await insertMetaIds(tx, numbers, { ...of, type: "phone_number" });
  return new Map(numbers.map((number) => [number.metaId, number.ownerId]));
}
