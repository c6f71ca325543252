import type { Tx } from "../../database/database.ts";
import {
  findExternalIds,
  findGivenNames,
  findHolders,
  saveExternalIds,
  saveGivenNames,
} from "../../directory/client-store.ts";
import { lockContacts, saveContacts } from "../../directory/client-details-store.ts";
import { lockWabas } from "../../directory/meta-id-store.ts";
import { registerWabas } from "../../directory/register-wabas.ts";
import { newShareRecord } from "../../sharing/model/share-record.ts";
import {
  beginShares,
  recordSeen,
  type By,
  type Note,
  type BeginDeps,
  type RecordDeps,
} from "../../sharing/record/record-observation.ts";
import { lockShares } from "../../sharing/record/share-store.ts";
import {
  outcomeOf,
  planClientNames,
  planContacts,
  planExternalIds,
  type ImportWhy,
  type KnownWaba,
  type RowOutcome,
} from "./import-plan.ts";
import { findKnownWabas, forgetContacts, saveAdopted, saveOutcomes, type KnownRow } from "./import-store.ts";
import type { WabaImport } from "./import-store.ts";

/** One WABA of a batch: as Meta lists or shows it, or (`isListed` false) as a row names it in vain. */
export interface Candidate {
  wabaId: string;
  name: string | null;
  ownerBusinessId: string | null;
  ownerName: string | null;
  isListed: boolean;
  row: KnownRow | null;
}

export interface Batch {
  connectionId: string;
  /** The import, when it is kept as one; its mode goes to what it takes in. */
  run: WabaImport | null;
  dryRun: boolean;
  candidates: readonly Candidate[];
  /** The first probes are spread over this long; 0: they are due at once. */
  probesWithinMs: number;
  by: By;
}

export interface Taken {
  outcomes: RowOutcome[];
  /** What came new, ours by Meta's id of the WABA. */
  assetIds: Map<string, string>;
}

/**
 * Imports a batch of WABAs in one transaction: owners, shares, and the first line of their history, with one
 * statement per table. Known WABAs stay unchanged; a discovered WABA that a row names is adopted.
 *
 * @param saved called in the same transaction, so that how far an import is and what it did are one
 */
export async function takeInWabas(
  deps: RecordDeps,
  batch: Batch,
  saved: (tx: Tx, taken: Taken) => Promise<void> = async () => undefined,
): Promise<Taken> {
  const { connectionId } = batch;
  const wabaIds = batch.candidates.map((candidate) => candidate.wabaId);
  const adopted = batch.dryRun
    ? new Set<string>()
    : await adoptFound(deps, batch, await findKnownWabas(deps.db, connectionId, wabaIds));
  return deps.db.transaction(async (tx) => {
    await lockWabas(tx, connectionId, wabaIds);
    const known = await findKnownWabas(tx, connectionId, wabaIds);
    const plans = batch.candidates.map((candidate) => planOf(batch, candidate, known));
    const fresh = batch.candidates.filter(({ wabaId, isListed }) => isListed && !known.has(wabaId));
    const made = batch.dryRun ? new Map<string, KnownWaba>() : await registerFresh(tx, deps, batch, fresh);
    const taken = new Map([...known, ...made]);
    const conflicts = await giveExternalIds(tx, batch, taken);
    const names = await giveClientNames(tx, batch, taken);
    const contacts = await giveContacts(tx, batch, taken);
    const outcomes = batch.candidates.map((candidate, index): RowOutcome => {
      const { wabaId, row } = candidate;
      const here = known.get(wabaId) ?? made.get(wabaId);
      const planned = plans[index] ?? { result: "known", why: null };
      const final = adopted.has(wabaId) ? ({ result: "adopted", why: null } as const) : planned;
      return {
        n: row?.n ?? null,
        wabaId,
        name: here?.name ?? candidate.name,
        client:
          names.give.get(here?.clientId ?? "") ??
          here?.clientName ??
          row?.clientName ??
          candidate.ownerName ??
          null,
        ...final,
        why: final.why ?? whyOf(row, [conflicts, names.conflicts, contacts]),
      };
    });
    const assetIds = new Map([...made].map(([wabaId, { assetId }]) => [wabaId, assetId]));
    await saved(tx, { outcomes, assetIds });
    return { outcomes, assetIds };
  });
}

/** Which value of the row could not be saved: the first one. */
function whyOf(row: KnownRow | null, conflicts: ReadonlyMap<number, ImportWhy>[]): ImportWhy | null {
  if (row === null) return null;
  return conflicts.map((each) => each.get(row.n)).find((why) => why !== undefined) ?? null;
}

/** A row with a result was imported before a kill, or before the list was read again. */
function planOf(
  batch: Batch,
  { wabaId, row, isListed }: Candidate,
  known: ReadonlyMap<string, KnownWaba>,
): ReturnType<typeof outcomeOf> {
  if (row !== null && row.result !== null) return { result: row.result, why: row.why };
  const isNamed = row !== null || takesAll(batch);
  return outcomeOf(known.get(wabaId), { isNamed, isListed, importId: batch.run?.id ?? null });
}

/** An import without rows covers everything that Meta lists, also WABAs that were discovered before. */
function takesAll({ run }: Batch): boolean {
  return run !== null && run.rowCount === null;
}

/**
 * Adopts discovered WABAs that are wanted, a batch in one transaction: one by one, ten thousand took longer
 * than five minutes (E4). The same transaction records that this import did it.
 *
 * @returns Meta's ids of those that it adopted
 */
async function adoptFound(
  deps: RecordDeps,
  batch: Batch,
  known: ReadonlyMap<string, KnownWaba>,
): Promise<Set<string>> {
  const { run, by } = batch;
  if (run === null) return new Set();
  const wanted = batch.candidates.flatMap((candidate) => {
    const here = known.get(candidate.wabaId);
    const isWanted = here?.adoption === "discovered" && planOf(batch, candidate, known).result === "adopted";
    return isWanted ? [{ ...candidate, here }] : [];
  });
  if (wanted.length === 0) return new Set();
  const outcomes = wanted.flatMap(({ wabaId, row, here: { name, clientName: client } }): RowOutcome[] =>
    row === null ? [] : [{ n: row.n, wabaId, name, client, result: "adopted", why: null }],
  );
  await deps.db.transaction(async (tx) => {
    const note = { ...noteOf("waba.adopted", run), source: "import" };
    const assetIds = wanted.map(({ here }) => here.assetId);
    // Shares are locked before their WABAs, in the order of every probe.
    await lockShares(tx, assetIds);
    await saveAdopted(tx, assetIds, run);
    await saveOutcomes(tx, run.id, outcomes);
    const observe = { type: "command", command: { kind: "adopt" } } as const;
    await recordSeen(
      tx,
      deps,
      assetIds.map((assetId) => ({ assetId, observe, note, by })),
    );
  });
  deps.wake();
  for (const { row } of wanted) if (row !== null) row.result = "adopted";
  return new Set(wanted.map(({ wabaId }) => wabaId));
}

async function registerFresh(
  tx: Tx,
  deps: BeginDeps,
  batch: Batch,
  fresh: readonly Candidate[],
): Promise<Map<string, KnownWaba>> {
  const { connectionId, run, by, probesWithinMs } = batch;
  const now = deps.clock.now();
  const importId = run?.id ?? null;
  const ids = fresh.flatMap(
    ({ row, ownerBusinessId }) => (ownerBusinessId === null && row?.externalId) || [],
  );
  const holders = await findHolders(tx, connectionId, ids);
  const sketches = fresh.map(({ wabaId, name, ownerBusinessId, ownerName, row }) => ({
    wabaId,
    name,
    ownerBusinessId,
    ownerName: ownerName ?? row?.clientName ?? null,
    clientId: holders.get(row?.externalId ?? "") ?? null,
    clientKey: row?.externalId ?? null,
  }));
  const of = { connectionId, importId, mode: run?.mode ?? null, at: now };
  const made = await registerWabas(tx, deps.random, sketches, of);
  const note = noteOf("waba.imported", run);
  await beginShares(tx, deps, {
    connectionId,
    shares: [...made.values()].map(({ id }) => ({ assetId: id, note })),
    record: newShareRecord({ adoption: "adopted", origin: "import", now }),
    withinMs: probesWithinMs,
    by,
  });
  return new Map(
    sketches.flatMap(({ wabaId, ownerName }) => {
      const asset = made.get(wabaId);
      if (asset === undefined) return [];
      const { id: assetId, name, clientId } = asset;
      const clientName = ownerName ?? name;
      return [[wabaId, { assetId, adoption: "adopted" as const, importId, name, clientId, clientName }]];
    }),
  );
}

function noteOf(title: string, run: WabaImport | null): Note {
  const evidence = run === null ? null : { import_id: run.id };
  return { kind: "command", source: "import", title, detail: null, evidence };
}

/**
 * In a dry run the clients that would be made are distinguished by the portfolio that owns them. Null: there
 * is no client to be had.
 */
function clientIdOf(
  batch: Batch,
  { wabaId, ownerBusinessId, isListed, row }: Candidate,
  here: ReadonlyMap<string, KnownWaba>,
): string | null {
  const known = here.get(wabaId)?.clientId;
  if (known !== undefined) return known;
  return batch.dryRun && isListed ? `new:${ownerBusinessId ?? `id:${row?.externalId ?? wabaId}`}` : null;
}

/** A row's name goes before Meta's, unless another name was given before. */
async function giveClientNames(
  tx: Tx,
  batch: Batch,
  here: ReadonlyMap<string, KnownWaba>,
): Promise<ReturnType<typeof planClientNames>> {
  const wishes = batch.candidates.flatMap((candidate) => {
    const name = candidate.row?.clientName ?? null;
    const clientId = clientIdOf(batch, candidate, here);
    return candidate.row === null || name === null || clientId === null
      ? []
      : [{ n: candidate.row.n, clientId, name }];
  });
  const plan = planClientNames(
    wishes,
    await findGivenNames(tx, [...new Set(wishes.map((wish) => wish.clientId))]),
  );
  if (!batch.dryRun) await saveGivenNames(tx, plan.give);
  return plan;
}

async function giveExternalIds(
  tx: Tx,
  batch: Batch,
  here: ReadonlyMap<string, KnownWaba>,
): Promise<Map<number, ImportWhy>> {
  const wishes = batch.candidates.flatMap((candidate) => {
    const externalId = candidate.row?.externalId ?? null;
    const clientId = clientIdOf(batch, candidate, here);
    return candidate.row === null || externalId === null || clientId === null
      ? []
      : [{ n: candidate.row.n, clientId, externalId }];
  });
  if (wishes.length === 0) return new Map();
  const idOfClient = await findExternalIds(tx, [...new Set(wishes.map((wish) => wish.clientId))]);
  const ids = [...new Set(wishes.map((wish) => wish.externalId))];
  const { give, conflicts } = planExternalIds(
    wishes,
    idOfClient,
    await findHolders(tx, batch.connectionId, ids),
  );
  if (!batch.dryRun) await saveExternalIds(tx, give);
  return conflicts;
}

async function giveContacts(
  tx: Tx,
  batch: Batch,
  here: ReadonlyMap<string, KnownWaba>,
): Promise<Map<number, ImportWhy>> {
  const wishes = batch.candidates.flatMap((candidate) => {
    const contact = candidate.row?.contact ?? null;
    const clientId = clientIdOf(batch, candidate, here);
    return candidate.row === null || contact === null || clientId === null
      ? []
      : [{ n: candidate.row.n, clientId, contact }];
  });
  const ns = batch.candidates.flatMap(({ row }) => (row === null || row.contact === null ? [] : [row.n]));
  if (ns.length === 0 || batch.run === null) return new Map();
  const kept = await lockContacts(tx, [...new Set(wishes.map(({ clientId }) => clientId))]);
  const { give, conflicts } = planContacts(wishes, kept);
  if (!batch.dryRun) await saveContacts(tx, give);
  await forgetContacts(tx, batch.run.id, ns);
  return conflicts;
}
