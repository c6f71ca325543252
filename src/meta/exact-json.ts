/**
 * JSON as Meta writes it, without losing digits: a whole number of 16 digits or more becomes the string of
 * its digits, because Meta's ids do not fit a double and some of its edges and examples print them as
 * numbers.
 */
export type JsonObject = Record<string, unknown>;

type Reviver = (this: unknown, key: string, value: unknown, context: { source?: string }) => unknown;
const parseJson = JSON.parse as (text: string, reviver?: Reviver) => unknown;

/**
 * The reviver is slow, so it runs only where the text may hold such a number; digits inside a string cost
 * time, nothing else.
 */
const MAY_HOLD_LONG_NUMBER = /[:[,\s][0-9]{16}/;
const LONG_NUMBER = /^[0-9]{16,}$/;

/**
 * Meta's deepest answers have ten levels. Deeper text would overflow code that visits or stores the value
 * later.
 */
const DEPTH_LIMIT = 100;

/**
 * Escapes that stand for no character: NUL, and single surrogates. No database stores them, and a webhook
 * must not be lost for one.
 */
const MAY_HOLD_NO_CHARACTER = /\\u(?:0000|d[89a-f])/i;

/** The value in `text`. Throws SyntaxError when it is no JSON, RangeError when it is nested beyond reason. */
export function parseExactJson(text: string): unknown {
  if (isNestedBeyond(DEPTH_LIMIT, text)) throw new RangeError("JSON nested beyond reason");
  const value = MAY_HOLD_LONG_NUMBER.test(text) ? parseJson(text, keepDigits) : parseJson(text);
  return MAY_HOLD_NO_CHARACTER.test(text) ? cleanTextsOf(value) : value;
}

/** The same value with U+FFFD for what is no character, in names and texts alike. */
function cleanTextsOf(value: unknown): unknown {
  if (typeof value === "string") return value.toWellFormed().replaceAll("\0", "\uFFFD");
  if (Array.isArray(value)) return value.map(cleanTextsOf);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map((entry) => entry.map(cleanTextsOf) as [string, unknown]),
  );
}

/** The value in UTF-8 `bytes`, or undefined when it is no JSON. */
export function parseExactJsonBytes(bytes: Uint8Array): unknown {
  try {
    return parseExactJson(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

const keepDigits: Reviver = (_key, value, context) =>
  typeof value === "number" && context.source !== undefined && LONG_NUMBER.test(context.source)
    ? context.source
    : value;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Counts brackets outside of strings; right for every text that is JSON, and for others it does not matter.
 */
function isNestedBeyond(limit: number, text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (inString) {
      if (character === "\\") index++;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === "[" || character === "{") {
      if (++depth > limit) return true;
    } else if (character === "]" || character === "}") depth--;
  }
  return false;
}
