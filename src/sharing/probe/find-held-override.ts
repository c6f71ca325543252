import type { SecretPlace } from "../../credentials/secret-place.ts";
import { findSecret } from "../../credentials/secret-store.ts";
import type { Sql } from "../../database/database.ts";
import type { Asset } from "../../directory/asset-store.ts";
import type { Keyring } from "../../lib/keyring.ts";
import type { ShareRecord } from "../model/share-record.ts";
import type { NumberOverride, Override } from "./repair-subscription.ts";

/** Where the sealed verify token of a WABA's or a number's own callback is stored. */
export function verifyTokenPlaceOf(asset: Pick<Asset, "id" | "connectionId">): SecretPlace {
  return { connectionId: asset.connectionId, ownerId: asset.id, name: "override_verify_token" };
}

/** The callback that may be written back: the one last read at Meta, if we hold its verify token. */
export async function findHeldOverride(
  { db, keyring }: { db: Sql; keyring: Keyring },
  asset: Pick<Asset, "id" | "connectionId">,
  record: Pick<ShareRecord, "override">,
): Promise<Override | null> {
  if (record.override === null) return null;
  const verifyToken = await findSecret(db, keyring, verifyTokenPlaceOf(asset));
  return verifyToken === undefined ? null : { uri: record.override, verifyToken };
}

/** The same for its numbers. */
export async function findHeldNumberOverrides(
  { db, keyring }: { db: Sql; keyring: Keyring },
  { connectionId }: Pick<Asset, "connectionId">,
  record: Pick<ShareRecord, "numbers">,
): Promise<NumberOverride[]> {
  const held: NumberOverride[] = [];
  for (const [id, { phoneNumberId, override }] of Object.entries(record.numbers)) {
    if (override === undefined || override === null) continue;
    const verifyToken = await findSecret(db, keyring, verifyTokenPlaceOf({ id, connectionId }));
    if (verifyToken !== undefined) held.push({ phoneNumberId, uri: override, verifyToken });
  }
  return held;
}
