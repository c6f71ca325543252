import { readSendingTokens } from "../../credentials/client-token-store.ts";
import { SECRET_NOTICE } from "../../credentials/secret-store.ts";
import type { Database } from "../../database/database.ts";
import { openWatchedMap, type WatchedMap } from "../../database/watched-map.ts";
import type { Keyring } from "../../lib/keyring.ts";

/**
 * The clients' own tokens in memory, by asset, so that no message waits for a query. A WABA that does not
 * send with its client's token has none here.
 */
export type ClientTokens = WatchedMap<string>;

/** `onFault` is called for a notice that could not be processed; the next `reload` repairs that. */
export function watchClientTokens(
  { db, keyring }: { db: Database; keyring: Keyring },
  onFault: (error: unknown) => void,
): Promise<ClientTokens> {
  const read = (assetIds: readonly string[] | null) => readSendingTokens(db, keyring, assetIds);
  return openWatchedMap(db, { channel: SECRET_NOTICE, read, onFault });
}
