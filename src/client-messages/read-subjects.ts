import { findAppActivities } from "../coexistence/app-activity-store.ts";
import type { Sql } from "../database/database.ts";
import { findAssets, type Asset } from "../directory/asset-store.ts";
import { findClientDetails } from "../directory/client-details-store.ts";
import { findClients } from "../directory/client-store.ts";
import { findNumbersOf } from "../directory/number-store.ts";
import { findOpenIncidents } from "../sharing/incidents/incident-store.ts";
import { findShares, type ShareRow } from "../sharing/record/share-store.ts";
import { stateOf } from "../sharing/status/share-state.ts";
import { readMailAddresses } from "./mail-address-store.ts";
import type { Addressee } from "./message-plan.ts";
import type { Subject } from "./notice-need.ts";

export interface KnownSubject extends Subject {
  asset: Asset;
  share: ShareRow;
  /** Its phone numbers, as Meta shows them. */
  numbers: readonly string[];
}

/** These WABAs as they are now. One that is not known any more is not in the answer. */
export async function readSubjects(
  sql: Sql,
  assetIds: readonly string[],
  now: number,
): Promise<Map<string, KnownSubject>> {
  if (assetIds.length === 0) return new Map();
  const assets = new Map((await findAssets(sql, assetIds)).map((asset) => [asset.id, asset]));
  const incidents = new Set((await findOpenIncidents(sql)).map(({ connectionId }) => connectionId));
  const activities = Map.groupBy(await findAppActivities(sql, assetIds), ({ assetId }) => assetId);
  const numbers = Map.groupBy(await findNumbersOf(sql, assetIds), ({ assetId }) => assetId);
  const subjects = (await findShares(sql, assetIds)).flatMap((share) => {
    const asset = assets.get(share.assetId);
    if (asset === undefined) return [];
    const { record } = share;
    const known = { asset, share, record, mode: asset.mode, state: stateOf(record, now) };
    const about = {
      isIncident: incidents.has(asset.connectionId),
      activities: activities.get(asset.id) ?? [],
      numbers: (numbers.get(asset.id) ?? []).flatMap(({ displayPhoneNumber }) => displayPhoneNumber ?? []),
    };
    return [[asset.id, { ...known, ...about }] as const];
  });
  return new Map(subjects);
}

export async function readAddressee(sql: Sql, clientId: string): Promise<Addressee> {
  const details = await findClientDetails(sql, clientId);
  const contacts = details?.contacts ?? [];
  const emails = contacts.flatMap(({ email }) => email ?? []);
  const addresses = await readMailAddresses(sql, emails);
  const [client] = await findClients(sql, [clientId]);
  return { clientId, name: client?.name ?? "", language: details?.language ?? null, contacts, addresses };
}
