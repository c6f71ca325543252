import type { Database, Tx } from "../database/database.ts";
import type { Clock } from "../lib/clock.ts";
import { SealError } from "../lib/keyring.ts";
import type { Keyring } from "../lib/keyring.ts";
import type { Random } from "../lib/random.ts";
import { StartError } from "../lib/start-error.ts";
import { lockDataKeys, readDataKeys, saveDataKey } from "./data-key-store.ts";
import type { WrappedDataKey } from "./data-key-store.ts";
import { keyringOf } from "./keyring.ts";
import { KEY_BYTES, NONCE_BYTES, openSealed, sealBytes } from "./seal.ts";

interface Parts {
  db: Database;
  clock: Clock;
  random: Random;
}

/**
 * Unwraps every data key with `encryptionKey` (32 bytes), and makes the first one on a new database. With the
 * wrong key it throws StartError and changes nothing.
 */
export async function openKeyring(parts: Parts, encryptionKey: Buffer): Promise<Keyring> {
  const wrapped = await parts.db.transaction(async (tx) => {
    await lockDataKeys(tx);
    const known = await readDataKeys(tx);
    return known.length > 0 ? known : [await makeDataKey(tx, parts, encryptionKey)];
  });
  const keys = new Map(wrapped.map((key) => [key.id, unwrap(key, encryptionKey)]));
  return keyringOf(keys, parts.random);
}

/** Whether `encryptionKey` opens this database's data keys; null when there is none yet. Changes nothing. */
export async function readWhetherKeyFits(db: Database, encryptionKey: Buffer): Promise<boolean | null> {
  const [table] = await db.query<{ name: string | null }>("select to_regclass('data_key')::text as name");
  const wrapped = table?.name == null ? [] : await readDataKeys(db);
  if (wrapped.length === 0) return null;
  return wrapped.every((key) => findDataKey(key, encryptionKey) !== null);
}

async function makeDataKey(tx: Tx, { clock, random }: Parts, encryptionKey: Buffer): Promise<WrappedDataKey> {
  const id = `dk_${random.bytes(8).toString("hex")}`;
  const wrapped = sealBytes(
    encryptionKey,
    wrapContext(id),
    random.bytes(KEY_BYTES),
    random.bytes(NONCE_BYTES),
  );
  await saveDataKey(tx, { id, wrapped }, clock.now());
  return { id, wrapped };
}

function unwrap(key: WrappedDataKey, encryptionKey: Buffer): Buffer {
  const dataKey = findDataKey(key, encryptionKey);
  if (dataKey !== null) return dataKey;
  throw new StartError(
    "ENCRYPTION_KEY is not the one this database was sealed with; nothing was changed. " +
      "Set ENCRYPTION_KEY to the key it was first started with.",
  );
}

/** Null when the key is another one. */
function findDataKey({ id, wrapped }: WrappedDataKey, encryptionKey: Buffer): Buffer | null {
  try {
    return openSealed(encryptionKey, wrapContext(id), wrapped);
  } catch (error) {
    if (error instanceof SealError) return null;
    throw error;
  }
}

const wrapContext = (id: string): string => `data-key:${id}`;
