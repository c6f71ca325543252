import { readSendingTokens } from "../../credentials/client-token-store.ts";
import { SECRET_NOTICE } from "../../credentials/secret-store.ts";
import type { Database } from "../../database/database.ts";
import type { Keyring } from "../../lib/keyring.ts";
import { Mutex } from "../../lib/mutex.ts";

/**
 * Cache of the clients' own tokens for the WABAs that send with them, so that no message waits for a query.
 */
export interface ClientTokens {
  /** By asset; null when the WABA does not send with its client's token, or none is stored. */
  find(assetId: string): string | null;
  /**
   * Reads the tokens of the given WABAs again: before their cached state changes, and after our own write.
   */
  learn(assetIds: readonly string[]): Promise<void>;
  /** Reads all tokens: now and then, because a notice may be lost. */
  reload(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the cache and keeps it current on every instance. `onFault` gets a notice that could not be followed;
 * `reload` recovers it.
 */
export async function watchClientTokens(
  { db, keyring }: { db: Database; keyring: Keyring },
  onFault: (error: unknown) => void,
): Promise<ClientTokens> {
  let known = new Map<string, string>();
  /** One read at a time, in order: an older answer must not overwrite a newer one. */
  const reads = new Mutex();
  const learn = (assetIds: readonly string[]): Promise<void> =>
    reads.run(async () => {
      const tokens = await readSendingTokens(db, keyring, assetIds);
      for (const assetId of assetIds) known.delete(assetId);
      for (const [assetId, token] of tokens) known.set(assetId, token);
    });
  const reload = (): Promise<void> =>
    reads.run(async () => {
      known = await readSendingTokens(db, keyring, null);
    });
  const stop = await db.listen(SECRET_NOTICE, (ownerId) => void learn([ownerId]).catch(onFault));
  await reload();
  return {
    find: (assetId) => known.get(assetId) ?? null,
    learn,
    reload,
    async close() {
      await stop();
      await reads.run(async () => undefined);
    },
  };
}
