import type { Database, Sql, Tx } from "../database/database.ts";
import { assert } from "../lib/assert.ts";
import type { Clock } from "../lib/clock.ts";
import { SealError, type Keyring } from "../lib/keyring.ts";
import type { Random } from "../lib/random.ts";
import { StartError } from "../lib/start-error.ts";
import { lockDataKeys, readDataKeys, saveDataKey } from "./data-key-store.ts";
import type { DataKeyRow, WrappedDataKey } from "./data-key-store.ts";
import { KEY_BYTES, NONCE_BYTES, openSealed, sealBytes } from "./seal.ts";

interface Parts {
  db: Database;
  clock: Clock;
  random: Random;
}

/** ENCRYPTION_KEY, and ENCRYPTION_KEY_PREVIOUS while it is set; 32 bytes each. */
export type EncryptionKeys = readonly [current: Buffer, previous?: Buffer | undefined];

/** The data keys of the database as this process knows them. */
export interface OpenKeyring extends Keyring {
  /** Reads the data keys again. What is known stays known. */
  reload(sql: Sql): Promise<void>;
  /** The ids of the keys that open; the one that seals; the keys that another ENCRYPTION_KEY wraps. */
  state(): { known: readonly string[]; sealsWith: string; foreign: readonly string[] };
  /** A new data key, wrapped with ENCRYPTION_KEY and stored nowhere. */
  makeDataKey(): WrappedDataKey;
  /** A known data key wrapped with ENCRYPTION_KEY; null when it already is. */
  wrapAnew(key: WrappedDataKey): Buffer | null;
}

/**
 * Unwraps every data key with the encryption keys, and makes the first one on a new database. With the wrong
 * keys it throws StartError and changes nothing. A data key that is not in use yet may be wrapped otherwise:
 * an instance that still has the old ENCRYPTION_KEY can start while a rotation waits for it.
 */
export async function openKeyring(parts: Parts, ...encryptionKeys: EncryptionKeys): Promise<OpenKeyring> {
  const keyring = createKeyring(parts.random, encryptionKeys);
  await parts.db.transaction(async (tx) => {
    await lockDataKeys(tx);
    const known = await readDataKeys(tx);
    if (known.length === 0) await saveFirst(tx, keyring.makeDataKey(), parts.clock.now());
    else checkKeys(known, encryptionKeys);
    await keyring.reload(tx);
  });
  return keyring;
}

/**
 * Which of the encryption keys this database's data keys need; null when there is none yet. `previous`: some
 * are still wrapped with ENCRYPTION_KEY_PREVIOUS. Changes nothing.
 */
export async function readWhetherKeysFit(
  db: Database,
  ...[current, previous]: EncryptionKeys
): Promise<"fits" | "previous" | "wrong" | null> {
  const [table] = await db.query<{ name: string | null }>("select to_regclass('data_key')::text as name");
  const used = table?.name == null ? [] : (await readDataKeys(db)).filter(({ state }) => state !== "new");
  if (used.length === 0) return null;
  if (used.every((key) => findDataKey(key, [current]) !== null)) return "fits";
  return used.every((key) => findDataKey(key, [current, previous]) !== null) ? "previous" : "wrong";
}

function createKeyring(random: Random, encryptionKeys: EncryptionKeys): OpenKeyring {
  const known = new Map<string, Buffer>();
  let foreign: string[] = [];
  let current: { id: string; number: number; key: Buffer } | undefined;

  const reload = async (sql: Sql): Promise<void> => {
    const rows = await readDataKeys(sql);
    for (const row of rows) {
      const key = known.get(row.id) ?? findDataKey(row, encryptionKeys);
      if (key !== null) known.set(row.id, key);
      // An answer that comes late must not bring the key before back.
      if (key !== null && row.state === "current" && row.number > (current?.number ?? -1))
        current = { id: row.id, number: row.number, key };
    }
    foreign = rows.map(({ id }) => id).filter((id) => !known.has(id));
  };
  const currentKey = (): { id: string; key: Buffer } => {
    assert(current, "a keyring has a current key");
    return current;
  };
  const wrap = (id: string, key: Buffer): Buffer =>
    sealBytes(encryptionKeys[0], wrapContextOf(id), key, random.bytes(NONCE_BYTES));

  return {
    reload,
    state: () => ({ known: [...known.keys()], sealsWith: currentKey().id, foreign }),
    seal(context, plain) {
      const { id, key } = currentKey();
      return { dataKeyId: id, sealed: sealBytes(key, context, plain, random.bytes(NONCE_BYTES)) };
    },
    async open(sql, context, { dataKeyId, sealed }) {
      if (!known.has(dataKeyId)) await reload(sql);
      const key = known.get(dataKeyId);
      // No SealError: the bytes open once this process has the key.
      assert(
        key,
        `data key ${dataKeyId} opens with this instance's ENCRYPTION_KEY; it needs the one of the others`,
      );
      return openSealed(key, context, sealed);
    },
    makeDataKey() {
      const id = `dk_${random.bytes(8).toString("hex")}`;
      return { id, wrapped: wrap(id, random.bytes(KEY_BYTES)) };
    },
    wrapAnew(row) {
      if (findDataKey(row, [encryptionKeys[0]]) !== null) return null;
      const key = known.get(row.id);
      assert(key, `data key ${row.id} is known to who wraps it anew`);
      return wrap(row.id, key);
    },
  };
}

async function saveFirst(tx: Tx, key: WrappedDataKey, createdAt: number): Promise<void> {
  await saveDataKey(tx, key, { state: "current", createdAt });
}

function checkKeys(rows: readonly DataKeyRow[], encryptionKeys: EncryptionKeys): void {
  const used = rows.filter(({ state }) => state !== "new");
  if (used.every((row) => findDataKey(row, encryptionKeys) !== null)) return;
  throw new StartError(
    encryptionKeys[1] === undefined
      ? "ENCRYPTION_KEY is not the one this database was sealed with; nothing was changed. " +
          "Set ENCRYPTION_KEY to the key it was last started with. To replace that key, set it as " +
          "ENCRYPTION_KEY_PREVIOUS as well: docs/guides/rotate-secrets.md."
      : "Neither ENCRYPTION_KEY nor ENCRYPTION_KEY_PREVIOUS is the one this database was sealed with; " +
          "nothing was changed. Set ENCRYPTION_KEY_PREVIOUS to the key it was last started with.",
  );
}

/** Null when none of the keys wraps it. */
function findDataKey({ id, wrapped }: WrappedDataKey, keys: EncryptionKeys): Buffer | null {
  for (const key of keys) {
    if (key === undefined) continue;
    try {
      return openSealed(key, wrapContextOf(id), wrapped);
    } catch (error) {
      if (!(error instanceof SealError)) throw error;
    }
  }
  return null;
}

const wrapContextOf = (id: string): string => `data-key:${id}`;
