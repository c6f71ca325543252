import { assert } from "../lib/assert.ts";
import type { Keyring } from "../lib/keyring.ts";
import type { Random } from "../lib/random.ts";
import { NONCE_BYTES, openSealed, sealBytes } from "./seal.ts";

/** A keyring of plain data keys by id, oldest first. */
export function keyringOf(keys: ReadonlyMap<string, Buffer>, random: Random): Keyring {
  const newest = [...keys].at(-1);
  assert(newest, "a keyring holds a key");
  const [newestId, newestKey] = newest;
  return {
    seal: (context, plain) => ({
      dataKeyId: newestId,
      sealed: sealBytes(newestKey, context, plain, random.bytes(NONCE_BYTES)),
    }),
    open(context, dataKeyId, sealed) {
      const key = keys.get(dataKeyId);
      assert(key, `data key ${dataKeyId} is on the keyring`);
      return openSealed(key, context, sealed);
    },
  };
}
