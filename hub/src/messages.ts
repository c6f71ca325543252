import { IntlMessageFormat, type Formatters } from "intl-messageformat";
import messages from "../../src/messages/en/hub.json" with { type: "json" };
import type { KeyOf } from "../../src/messages/text.ts";

export type MessageKey = KeyOf<typeof messages>;
type Values = Readonly<Record<string, string | number | boolean | Date>>;

/** As the build compiles a message (hub/compile-messages.ts): one with arguments is already parsed. */
type Message = string | ReturnType<IntlMessageFormat["getAst"]>;
interface Messages {
  readonly [name: string]: Message | Messages;
}

/** The function that formats the messages of a catalogue. It throws where a value is missing. */
export function formatterOf<Catalogue extends Messages>(
  catalogue: Catalogue,
  language: string,
  formatters?: Formatters,
): (key: KeyOf<Catalogue>, values?: Values) => string {
  const options = { ignoreTag: true, ...(formatters && { formatters }) };
  const formats = new Map<string, IntlMessageFormat>();
  return (key, values) => {
    const message = findMessage(catalogue, key);
    if (message === undefined) throw new Error(`Broken assumption: there is no message ${key}`);
    if (typeof message === "string") return message;
    const format = formats.get(key) ?? new IntlMessageFormat(message, language, undefined, options);
    formats.set(key, format);
    return String(format.format(values));
  };
}

/** The language of the Hub. Numbers and dates are written as the viewer's locale writes them. */
const LANGUAGE = "en";
const number = new Intl.NumberFormat();
const plural = new Intl.PluralRules(LANGUAGE);

/** The function that formats a catalogue of the Hub. */
export const hubFormatterOf = <Catalogue extends Messages>(catalogue: Catalogue) =>
  formatterOf(catalogue, LANGUAGE, {
    getNumberFormat: (_language, options) =>
      options === undefined ? number : new Intl.NumberFormat(undefined, options),
    getDateTimeFormat: (_language, options) => new Intl.DateTimeFormat(undefined, options),
    getPluralRules: () => plural,
  });

/** The sentence of this key. */
export const t = hubFormatterOf(messages);

/** For keys that end in a word of the API: it may have words that the catalogue has not. */
export const has = (key: string): key is MessageKey => findMessage(messages, key) !== undefined;

function findMessage(catalogue: Messages, key: string): Message | undefined {
  let found: Message | Messages | undefined = catalogue;
  for (const name of key.split(".")) found = isGroup(found) ? found[name] : undefined;
  return isGroup(found) ? undefined : found;
}

const isGroup = (found: Message | Messages | undefined): found is Messages =>
  typeof found === "object" && !Array.isArray(found);
