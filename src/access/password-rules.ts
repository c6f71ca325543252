import { COMMON_PASSWORDS } from "./common-passwords.ts";

/** In characters, after normalization. No rule asks for digits or signs (NIST SP 800-63B). */
export const PASSWORD_LENGTH = { least: 12, most: 128 } as const;

/** Fewer different characters than this are a pattern: "aaaaaaaaaaaa", "121212121212". */
const LEAST_DISTINCT = 5;

/** Why a password may not be chosen; a key of the message `problem.weak_password`. */
export type PasswordFault = "too_short" | "too_long" | "own" | "common";

/** The form that is hashed: the same password typed on another keyboard is the same. */
export function normalizedPassword(password: string): string {
  return password.normalize("NFKC");
}

/** Why this person may not choose this password; null: it may be chosen. */
export function passwordFaultOf(
  password: string,
  { email, name }: { email: string; name: string },
): PasswordFault | null {
  const text = normalizedPassword(password);
  const { length } = [...text];
  if (length < PASSWORD_LENGTH.least) return "too_short";
  if (length > PASSWORD_LENGTH.most) return "too_long";
  const folded = foldOf(text);
  if (new Set(folded).size < LEAST_DISTINCT || COMMON.has(folded)) return "common";
  const [mailbox = ""] = email.split("@");
  const own = [email, mailbox, mailbox + mailbox, name, name + name]
    .map(foldOf)
    .filter((word) => word !== "");
  return own.includes(folded) ? "own" : null;
}

/** Case, spaces and signs between the words make no other password. */
const foldOf = (text: string): string =>
  text
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll(/[\s._-]/g, "");

const COMMON: ReadonlySet<string> = new Set(COMMON_PASSWORDS.map(foldOf));
