declare const metaId: unique symbol;

/**
 * An id of Meta's: a decimal string. Beyond 2^53, so never a number; without meaning, so never compared by
 * size.
 */
export type MetaId = string & { readonly [metaId]: true };

/**
 * Meta's ids in use have 15 to 17 digits; the bounds leave room on both sides and still refuse "0" of the
 * dashboard's test.
 */
const META_ID = /^[0-9]{5,20}$/;

/** Whether `value`, as it came from Meta, is this id: some of Meta's edges print ids that fit as numbers. */
export function isMetaId(value: unknown, id: string): boolean {
  return (typeof value === "string" || typeof value === "number") && String(value) === id;
}

/**
 * The id in `text`, or null when it is none: 5 to 20 decimal digits, nothing around them. Takes a safe
 * integer too, as Meta's pages print some.
 */
export function parseMetaId(text: unknown): MetaId | null {
  const written = typeof text === "number" && Number.isSafeInteger(text) ? String(text) : text;
  return typeof written === "string" && META_ID.test(written) ? (written as MetaId) : null;
}
