import { ZxcvbnFactory } from "@zxcvbn-ts/core";
import { adjacencyGraphs, dictionary } from "@zxcvbn-ts/language-common";

/** In characters, after normalization. No rule asks for digits or signs (NIST SP 800-63B). */
export const PASSWORD_LENGTH = { least: 12, most: 128 } as const;

/** A password must stand as many guesses as this power of ten, by the estimate of zxcvbn: its score 4. */
const LEAST_GUESSES_LOG10 = 10;

/** Words that guessers try here first, besides the person's own name and address. */
const OUR_WORDS = ["sharekeeper", "whatsapp", "360dialog"];

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
  const own = [email, ...email.split(/[@.]/), name, ...name.split(/\s+/)];
  const { guessesLog10, sequence } = estimator().check(text, [...own, ...OUR_WORDS]);
  if (guessesLog10 >= LEAST_GUESSES_LOG10) return null;
  return sequence.some(({ matchedWord }) => isOneOf(own, matchedWord)) ? "own" : "common";
}

const isOneOf = (words: readonly string[], word: unknown): boolean =>
  words.some((own) => own !== "" && own.toLowerCase() === word);

let made: ZxcvbnFactory | undefined;

/** Made at the first use: its list of common passwords takes 10 MB. */
function estimator(): ZxcvbnFactory {
  made ??= new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs });
  return made;
}
