import { readSendingTokens } from "../../credentials/client-token-store.ts";
import { SECRET_NOTICE } from "../../credentials/secret-store.ts";
import type { Database } from "../../database/database.ts";
import type { Keyring } from "../../lib/keyring.ts";
import { Mutex } from "../../lib/mutex.ts";

/** The clients' own tokens of the WABAs that send with them, in memory, so that no message waits for a query. */
export interface ClientTokens {
  /** By asset; null when it does not send with its client's token, or none is held. */
  find(assetId: string): string | null;
  /** Reads anew what the given WABAs have: before what is known of them changes in memory, and after our own write. */
  learn(assetIds: readonly string[]): Promise<void>;
  /** Reads all: now and then, because a notice may be lost. */
  reload(): Promise<void>;
  close(): Promise<void>;
}

/** Opens them and keeps them current on every instance. `onFault` hears of a notice that could not be followed; `reload` mends it. */
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
