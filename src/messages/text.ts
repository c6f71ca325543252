import IntlMessageFormat from "intl-messageformat";

/** Every key of a catalogue as a path: "lead.since" for { lead: { since: "…" } }. */
export type KeyOf<Catalogue> = {
  [Key in keyof Catalogue & string]: Catalogue[Key] extends string ? Key : `${Key}.${KeyOf<Catalogue[Key]>}`;
}[keyof Catalogue & string];

export type Values = Readonly<Record<string, string | number>>;

/**
 * Formats a message of one catalogue in its language. A value that is missing is a defect of ours and throws,
 * so that no reader meets a gap. A value that ends its own sentence, as "Acme Inc." does, gets no second full
 * stop.
 */
export interface Text<Key extends string> {
  (key: Key, values?: Values): string;
  /** The same, with values that are no text: they stay as they are between the pieces of text. */
  parts<Piece extends object>(
    key: Key,
    values: Readonly<Record<string, string | number | Piece>>,
  ): (string | Piece)[];
  has(key: string): key is Key;
}

/**
 * Messages are parsed at their first use and kept. Tags are plain text: markup is no business of a
 * translator.
 */
export function textOf<Catalogue extends object>(
  language: string,
  catalogue: Catalogue,
): Text<KeyOf<Catalogue>> {
  const messages = messagesIn(catalogue);
  const formats = new Map<string, IntlMessageFormat>();
  const formatOf = (key: string): IntlMessageFormat => {
    const known = formats.get(key);
    if (known !== undefined) return known;
    const message = messages.get(key);
    if (message === undefined)
      throw new Error(`Broken assumption: there is no message ${key} in "${language}"`);
    const format = new IntlMessageFormat(message, language, undefined, { ignoreTag: true });
    formats.set(key, format);
    return format;
  };
  const text = (key: string, values: Values = {}): string =>
    withoutMarks(String(formatOf(key).format(withMarks(values))));
  const parts = <Piece extends object>(
    key: string,
    values: Readonly<Record<string, string | number | Piece>>,
  ): (string | Piece)[] =>
    formatOf(key)
      .formatToParts<Piece>(withMarks(values))
      .map(({ value }) => (typeof value === "string" ? withoutMarks(value) : value));
  return Object.assign(text, { parts, has: (key: string): key is KeyOf<Catalogue> => messages.has(key) });
}

/** Every message of a catalogue by its key, in the catalogue's order. */
export function messagesIn(catalogue: object, above = ""): Map<string, string> {
  return new Map(
    Object.entries(catalogue).flatMap(([name, value]: [string, unknown]): [string, string][] =>
      typeof value === "object" && value !== null
        ? [...messagesIn(value, `${above}${name}.`)]
        : [[above + name, String(value)]],
    ),
  );
}

/** Stands behind a value that ends its own sentence, and takes the full stop of the message with it. */
const MARK = "\u2063";
const endsItself = (value: unknown): boolean => typeof value === "string" && /[.!?…]$/.test(value);

const withMarks = <Value>(values: Readonly<Record<string, Value>>): Record<string, Value | string> =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      endsItself(value) ? `${value as string}${MARK}` : value,
    ]),
  );

const withoutMarks = (text: string): string => text.replaceAll(`${MARK}.`, "").replaceAll(MARK, "");
