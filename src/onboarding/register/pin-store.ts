import { deleteSecret, findSecret, saveSecret } from "../../credentials/secret-store.ts";
import type { Sql, Tx } from "../../database/database.ts";
import type { Keyring } from "../../lib/keyring.ts";
import type { Pins } from "./pin.ts";
import { pinCandidatesPlaceOf, pinPlaceOf } from "../signup-secrets.ts";

/** What is known of a number's two-step verification PIN; the PIN itself is sealed. */
export type PinState = "none" | "held" | "unknown";

export async function findPinState(sql: Sql, numberId: string): Promise<PinState> {
  const rows = await sql.query<{ pin_state: PinState }>("select pin_state from number where id = $1", [
    numberId,
  ]);
  return rows[0]?.pin_state ?? "none";
}

export async function savePinState(sql: Sql, numberId: string, state: PinState): Promise<void> {
  await sql.query("update number set pin_state = $2 where id = $1", [numberId, state]);
}

type PinOwner = { connectionId: string; id: string };

export async function findPins(sql: Sql, keyring: Keyring, number: PinOwner): Promise<Pins> {
  const held = (await findSecret(sql, keyring, pinPlaceOf(number))) ?? null;
  const sealed = await findSecret(sql, keyring, pinCandidatesPlaceOf(number));
  return { held, candidates: sealed === undefined ? [] : (JSON.parse(sealed) as string[]) };
}

export async function savePins(
  tx: Tx,
  keyring: Keyring,
  number: PinOwner,
  { held, candidates }: Pins,
): Promise<void> {
  const sealed = candidates.length === 0 ? null : JSON.stringify(candidates);
  for (const [place, secret] of [
    [pinPlaceOf(number), held],
    [pinCandidatesPlaceOf(number), sealed],
  ] as const)
    if (secret === null) await deleteSecret(tx, place);
    else await saveSecret(tx, keyring, place, secret);
}

/** How often a client asked to register this number since then. */
export async function countRegistrationsAsked(
  sql: Sql,
  asked: { assetId: string; phoneNumberId: string; since: number },
): Promise<number> {
  const rows = await sql.query<{ count: number }>(
    `select count(*)::int as count from observation
     where asset_id = $1 and title = 'number.register_asked' and at > $2
       and evidence->>'phone_number_id' = $3`,
    [asked.assetId, new Date(asked.since), asked.phoneNumberId],
  );
  return rows[0]?.count ?? 0;
}
