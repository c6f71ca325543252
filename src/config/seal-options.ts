import { key256 } from "./formats.ts";
import { option } from "./option.ts";

/** The settings of what seals the database: a part of OPTIONS. */
export const SEAL_OPTIONS = {
  encryptionKey: option({
    name: "ENCRYPTION_KEY",
    description:
      "The key that seals tokens and webhook bodies at rest. Without it a backup is useless: keep it safe.",
    expects: "32 random bytes in base64 or hex, made once with: openssl rand -base64 32",
    schema: key256,
    sandbox: "c2hhcmVrZWVwZXItc2FuZGJveC1rZXktMzItYnl0ZXM=",
    secret: true,
    guards: "key",
  }),
  encryptionKeyPrevious: option({
    name: "ENCRYPTION_KEY_PREVIOUS",
    description:
      "While set, what this key wraps still opens. Set it while you replace `ENCRYPTION_KEY`, until `sharekeeper keys rotate` has ended.",
    expects: "the value that ENCRYPTION_KEY had before; or leave it unset",
    schema: key256.optional(),
    secret: true,
  }),
};
