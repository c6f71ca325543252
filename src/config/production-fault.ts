import { isWeakKey } from "../lib/key-strength.ts";
import { isLoopback } from "../lib/loopback.ts";
import type { Option } from "./option.ts";

/** Of ADMIN_API_KEY; ENCRYPTION_KEY has 32 bytes by its format. */
const LEAST_KEY_CHARACTERS = 32;

/**
 * What makes a well-formed value unfit for production: a secret that the sandbox has made public, a key that
 * can be guessed, or an address that is plain http beyond this machine. Undefined when nothing does. Never
 * holds the value of a secret.
 */
export function productionFaultOf(
  option: Option<unknown>,
  given: { text: string; value: unknown },
  publicSecrets: readonly string[],
): string | undefined {
  const { name, expects } = option;
  if (option.secret && publicSecrets.some((secret) => isSame(option, secret, given)))
    return `${name} is a value of the sandbox, which everybody knows. Set it to ${expects}.`;
  if (option.guards === "key" && isGuessable(given))
    return `${name} is too easy to guess. Set it to ${expects}.`;
  if (option.guards === "address" && given.text.split(",").some(isPlainHttp))
    return (
      `${name} is ${JSON.stringify(given.text)}, which is plain http. ` +
      "Set it to an https address; plain http is for this machine only."
    );
  return undefined;
}

/** A key may be written in hex or in base64: it is the same when its bytes are. */
function isSame(option: Option<unknown>, secret: string, { text, value }: { text: string; value: unknown }) {
  if (text === secret) return true;
  const known = option.schema.safeParse(secret).data;
  return Buffer.isBuffer(value) && Buffer.isBuffer(known) && value.equals(known);
}

function isGuessable({ text, value }: { text: string; value: unknown }): boolean {
  return Buffer.isBuffer(value)
    ? isWeakKey(value)
    : text.length < LEAST_KEY_CHARACTERS || isWeakKey(Buffer.from(text));
}

function isPlainHttp(address: string): boolean {
  const url = URL.parse(address.trim());
  return url?.protocol === "http:" && !isLoopback(url.hostname);
}
