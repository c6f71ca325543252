import { key256 } from "./formats.ts";
import { option } from "./option.ts";

/** The settings of re-share links and invitations: a part of OPTIONS. */
export const LINK_OPTIONS = {
  linkKey: option({
    name: "LINK_KEY",
    description: "The key that signs re-share links and invitations. Unset: made from `ENCRYPTION_KEY`.",
    expects: "32 random bytes in base64 or hex, made once with: openssl rand -base64 32",
    schema: key256.optional(),
    secret: true,
    guards: "key",
  }),
  linkKeyPrevious: option({
    name: "LINK_KEY_PREVIOUS",
    description: "While set, links of this key still open. At first: the value of `ENCRYPTION_KEY`.",
    expects: "the value that LINK_KEY had before; or leave it unset",
    schema: key256.optional(),
    secret: true,
  }),
};
