import type { Database } from "../database/database.ts";
import { keyedColumnsOf, type SealedColumns } from "../database/sealed-column.ts";
import { readDataKeys, type DataKeyState } from "./data-key-store.ts";
import { readKeyringInstances } from "./keyring-instance-store.ts";
import type { OpenKeyring } from "./open-keyring.ts";
import { readSealedCounts } from "./reseal-rows.ts";

/** The data keys with their rows, and how far a rotation is. Instants as in JSON. */
export interface KeyRotationStatus {
  data_keys: {
    id: string;
    state: DataKeyState;
    created_at: string;
    /** Of an old key: when nothing was sealed with it any more. */
    resealed_at: string | null;
    wrapped_with: "encryption_key" | "encryption_key_previous" | "another_key";
    /** How many rows it sealed, by table. */
    rows: Record<string, number>;
  }[];
  rotation: {
    state: "idle" | "waiting" | "resealing";
    rows_left: number;
    /** The instances that do not know a new key yet, or do not seal with the current one. */
    waits_for: string[];
  };
}

export async function readKeyRotation({
  db,
  keyring,
  columns,
}: {
  db: Database;
  keyring: OpenKeyring;
  columns: SealedColumns;
}): Promise<KeyRotationStatus> {
  await keyring.reload(db);
  const { foreign } = keyring.state();
  const rows = await readDataKeys(db);
  const sealed = await readSealedCounts(db, keyedColumnsOf(columns));
  const fresh = rows.find(({ state }) => state === "new");
  const current = rows.find(({ state }) => state === "current");
  const isResealing = rows.some(({ state, resealedAt }) => state === "old" && resealedAt === null);
  const instances = await readKeyringInstances(db);
  const behind = instances.filter(({ known, sealsWith }) =>
    fresh === undefined ? sealsWith !== current?.id : !known.includes(fresh.id),
  );
  const target = (fresh ?? current)?.id;
  const leftCount = [...sealed]
    .filter(([id]) => id !== target)
    .flatMap(([, byTable]) => columns.lasting.map(({ table }) => byTable[table] ?? 0))
    .reduce((sum, count) => sum + count, 0);
  return {
    data_keys: rows.map((row) => ({
      ...{ id: row.id, state: row.state, created_at: row.createdAt.toISOString() },
      resealed_at: row.resealedAt?.toISOString() ?? null,
      wrapped_with: wrapOf(keyring, foreign, row),
      rows: sealed.get(row.id) ?? {},
    })),
    rotation: {
      state: fresh !== undefined ? "waiting" : isResealing ? "resealing" : "idle",
      rows_left: leftCount,
      waits_for: behind.map(({ id }) => id),
    },
  };
}

function wrapOf(
  keyring: OpenKeyring,
  foreign: readonly string[],
  row: { id: string; wrapped: Buffer },
): KeyRotationStatus["data_keys"][number]["wrapped_with"] {
  if (foreign.includes(row.id)) return "another_key";
  return keyring.wrapAnew(row) === null ? "encryption_key" : "encryption_key_previous";
}
