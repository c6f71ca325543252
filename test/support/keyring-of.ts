import { NONCE_BYTES, openSealed, sealBytes } from "../../src/credentials/seal.ts";
import type { Keyring } from "../../src/lib/keyring.ts";
import type { Random } from "../../src/lib/random.ts";

/** A keyring of one plain data key, which is in no database. */
export function keyringOf(key: Buffer, random: Random): Keyring {
  return {
    seal: (context, plain) => ({
      dataKeyId: "dk_1",
      sealed: sealBytes(key, context, plain, random.bytes(NONCE_BYTES)),
    }),
    open: async (_sql, context, { sealed }) => openSealed(key, context, sealed),
  };
}
