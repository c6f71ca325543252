import type { Tx } from "../database/database.ts";
import { newId } from "../lib/new-id.ts";
import type { Random } from "../lib/random.ts";
import {
  findOwnerId,
  hasPortfolio,
  insertAsset,
  insertClient,
  insertNumber,
  lockClient,
  saveAssetClient,
  saveClientName,
  saveMetaId,
} from "./directory-store.ts";

/** What is known of a WABA when it is first met; names and the owner may follow later. */
export interface WabaSketch {
  connectionId: string;
  wabaId: string;
  name: string | null;
  ownerBusinessId: string | null;
  ownerName: string | null;
}

/**
 * Gives a WABA our own id, under the client that owns its portfolio; a client is made when the portfolio is
 * new to us.
 */
export async function registerWaba(tx: Tx, random: Random, sketch: WabaSketch, now: number): Promise<string> {
  const { connectionId, wabaId } = sketch;
  const assetId = newId("ast", random);
  const clientName = sketch.ownerName ?? sketch.name ?? `WABA ${wabaId}`;
  const clientId =
    sketch.ownerBusinessId === null
      ? await registerClient(tx, random, { connectionId, name: clientName, businessId: null }, now)
      : await findOrRegisterClient(tx, random, connectionId, sketch.ownerBusinessId, clientName, now);
  await insertAsset(tx, {
    id: assetId,
    connectionId,
    clientId,
    name: sketch.name ?? `WABA ${wabaId}`,
    at: now,
  });
  await saveMetaId(tx, { connectionId, type: "waba", metaId: wabaId, ownerId: assetId, at: now });
  return assetId;
}

/** The owner's portfolio, read while the share exists, because it cannot be read after its loss. */
export async function saveOwner(
  tx: Tx,
  random: Random,
  asset: { id: string; connectionId: string; clientId: string },
  owner: { businessId: string; name: string },
  now: number,
): Promise<void> {
  const known = await findOwnerId(tx, asset.connectionId, "business", owner.businessId);
  if (known === asset.clientId) {
    await saveClientName(tx, known, owner.name);
    return;
  }
  // Two of its WABAs may learn of two owners at once: only the first gives it a portfolio.
  await lockClient(tx, asset.clientId);
  // A client that was made while Meta named no owner gets the portfolio: its name and the provider's id stay
  // with it.
  if (known === undefined && !(await hasPortfolio(tx, asset.clientId))) {
    const { connectionId, clientId } = asset;
    await saveMetaId(tx, {
      connectionId,
      type: "business",
      metaId: owner.businessId,
      ownerId: clientId,
      at: now,
    });
    await saveClientName(tx, clientId, owner.name);
    return;
  }
  const clientId = await findOrRegisterClient(
    tx,
    random,
    asset.connectionId,
    owner.businessId,
    owner.name,
    now,
  );
  await saveAssetClient(tx, asset.id, clientId);
}

async function findOrRegisterClient(
  tx: Tx,
  random: Random,
  connectionId: string,
  businessId: string,
  name: string,
  now: number,
): Promise<string> {
  const known = await findOwnerId(tx, connectionId, "business", businessId);
  return known ?? registerClient(tx, random, { connectionId, name, businessId }, now);
}

async function registerClient(
  tx: Tx,
  random: Random,
  client: { connectionId: string; name: string; businessId: string | null },
  now: number,
): Promise<string> {
  const { connectionId, name, businessId } = client;
  const id = newId("cli", random);
  await insertClient(tx, { id, connectionId, name, at: now });
  if (businessId !== null)
    await saveMetaId(tx, { connectionId, type: "business", metaId: businessId, ownerId: id, at: now });
  return id;
}

/** Gives a number our own id. */
export async function registerNumber(
  tx: Tx,
  random: Random,
  number: { connectionId: string; assetId: string; phoneNumberId: string },
  now: number,
): Promise<string> {
  const { connectionId, assetId, phoneNumberId } = number;
  const id = newId("num", random);
  await insertNumber(tx, { id, connectionId, assetId, at: now });
  await saveMetaId(tx, { connectionId, type: "phone_number", metaId: phoneNumberId, ownerId: id, at: now });
  return id;
}
