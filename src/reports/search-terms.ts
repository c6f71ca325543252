/** The numbers that a person may mean in a typed or pasted text. */
export interface NumberTerms {
  /** Digits that a phone number may hold, as it was dictated. */
  phones: string[];
  /** Ids of Meta's, whole. */
  ids: string[];
}

/** A national number has at least this length. A shorter one keeps its zeros, as the end of a number. */
const NATIONAL = 7;
const LEAST = 3;
/** Inside a word only a clear number counts. */
const LEAST_WITHIN_WORDS = 4;
const ID = /\b\d{12,20}\b/g;
const RUN = /\d[\d\s()./\u00a0\u2010-\u2015-]*\d/g;

/** A number as the search and the palette use it. */
interface KnownNumber {
  id: string;
  phone_number_id: string;
  display_phone_number: string | null;
  verified_name: string | null;
}

/** Whether a search names this number, by the same test as the list's query. */
export function isNamedBy(q: string, number: KnownNumber): boolean {
  const typed = q.trim();
  if (typed === "") return false;
  const { phones, ids } = numberTermsOf(typed);
  const digits = (number.display_phone_number ?? "").replace(/\D/g, "");
  return (
    phones.some((phone) => digits.includes(phone)) ||
    ids.includes(number.phone_number_id) ||
    number.phone_number_id.startsWith(typed) ||
    (typed.startsWith("num_") && number.id.startsWith(typed)) ||
    (number.verified_name ?? "").toLowerCase().includes(typed.toLowerCase())
  );
}

/**
 * `0150 0000001`, `+49 (0) 150 0000001`, `tel:+49150…`, a number within a sentence, an address of Meta
 * Business Suite. Meta's form of a number has neither the trunk zero of a national number nor the zeros
 * before a country code.
 */
export function numberTermsOf(q: string): NumberTerms {
  const isAddress = /^https?:\/\//i.test(q);
  const ids = isAddress || /\p{L}/u.test(q) ? [...q.matchAll(ID)].map(([id]) => id) : [];
  if (isAddress) return { phones: [], ids };
  const isWords = /\p{L}/u.test(q.replace(/^tel:/i, ""));
  const phones = [...q.matchAll(RUN)].flatMap(([run]) => {
    const digits = run.replace(/\(\s*0\s*\)/g, "").replace(/\D/g, "");
    if (digits.length < (isWords ? LEAST_WITHIN_WORDS : LEAST)) return [];
    const stripped = digits.replace(/^0+/, "");
    return [stripped.length >= NATIONAL ? stripped : digits];
  });
  return { phones: [...new Set(phones)], ids };
}

const MARKS = /[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]/g;
const PLAIN: Record<string, string> = {
  ...{ ø: "o", ł: "l", đ: "d", ð: "d", ħ: "h", ı: "i", ς: "σ", ß: "ss", æ: "ae", œ: "oe", þ: "th" },
  ...{ "’": "'", "‘": "'", "`": "'", "‐": "-", "‑": "-", "–": "-", "—": "-" },
};
const NOT_PLAIN = new RegExp(`[${Object.keys(PLAIN).join("")}]`, "g");

/**
 * A text as names are searched by: `Café Müller` is `cafe muller`. The same rule as `folded` in the database.
 */
export function foldText(text: string): string {
  const bare = text.normalize("NFKD").replace(MARKS, "").toLowerCase();
  return bare.replace(NOT_PLAIN, (letter) => PLAIN[letter] ?? letter);
}

/** One word of a name that may be typed with a mistake. */
export interface TypoTerm {
  /** Parts of which a matching name holds at least one: fast to search for, and few names hold one. */
  parts: string[];
  /** A regular expression of the database that decides. */
  pattern: string;
}

/** A word of fewer letters has too many neighbours. */
const LEAST_WITH_TYPO = 4;
/** A longer text is no name that somebody typed, and too long a pattern for a database. */
const MOST_WORDS = 6;
const MOST_LETTERS = 24;
/** The edges of a word, whatever the database counts as a letter. */
const BEGIN = "(^|[ [:punct:]])";
const END = "($|[ [:punct:]])";
const ANY = "[^ ]";

/**
 * What a folded name must contain, word by word: each with one letter too many, missing, wrong, or swapped
 * with its neighbour. Empty when no word is long enough for a typo, or the text is no name.
 */
export function typoTermsOf(q: string): TypoTerm[] {
  const words = foldText(q).match(/[\p{L}\p{N}]+/gu) ?? [];
  if (words.length > MOST_WORDS || words.some((word) => word.length > MOST_LETTERS)) return [];
  if (!words.some(mayHoldTypo)) return [];
  return words.map((word) =>
    mayHoldTypo(word) ? typoTermOf([...word]) : { parts: [word], pattern: BEGIN + word },
  );
}

const LONG_WORD = new RegExp(`^\\p{L}{${LEAST_WITH_TYPO},}$`, "u");
const mayHoldTypo = (word: string): boolean => LONG_WORD.test(word);

function typoTermOf(letters: readonly string[]): TypoTerm {
  // One mistake leaves one side of the word intact, unless it swaps the letters in the middle.
  const middle = Math.floor(letters.length / 2);
  const [first, second] = [letters.slice(0, middle), letters.slice(middle)];
  const parts = [first, second, swappedAt(letters, middle - 1)].map((part) => part.join(""));
  const forms = letters.flatMap((_letter, at) => formsOf(letters, at));
  return { parts, pattern: `${BEGIN}(${[letters.join(""), ...forms].join("|")})` };
}

/**
 * A name's word may be longer than the typed text, as in any search, unless that is short or its last letter
 * is the doubtful one.
 */
function formsOf(letters: readonly string[], at: number): string[] {
  const before = letters.slice(0, at).join("");
  const after = letters.slice(at + 1).join("");
  const end = letters.length > LEAST_WITH_TYPO ? "" : END;
  const isLast = at === letters.length - 1;
  const wrongOrTooMany = `${before}${ANY}?${after}${isLast ? END : end}`;
  const missing = `${before}${ANY}${letters[at]}${after}${end}`;
  return [wrongOrTooMany, missing, ...(isLast ? [] : [swappedAt(letters, at).join("") + end])];
}

const swappedAt = (letters: readonly string[], at: number): string[] => [
  ...letters.slice(0, at),
  ...letters.slice(at, at + 2).reverse(),
  ...letters.slice(at + 2),
];
