import { IntlMessageFormat, type Formatters } from "intl-messageformat";
import messages from "../../src/messages/en/hub.json" with { type: "json" };
import type { KeyOf } from "../../src/messages/text.ts";

export type MessageKey = KeyOf<typeof messages>;
type Values = Readonly<Record<string, string | number | boolean>>;

/** As the build compiles a message (hub/compile-messages.ts): one with arguments is already parsed. */
type Message = string | ReturnType<IntlMessageFormat["getAst"]>;
interface Messages {
  readonly [name: string]: Message | Messages;
}

/** The language of the sentences. Numbers in them are written as the viewer's locale writes them. */
const LANGUAGE = "en";
const number = new Intl.NumberFormat();
const plural = new Intl.PluralRules(LANGUAGE);
const formatters: Formatters = {
  getNumberFormat: (_language, options) =>
    options === undefined ? number : new Intl.NumberFormat(undefined, options),
  getDateTimeFormat: (_language, options) => new Intl.DateTimeFormat(undefined, options),
  getPluralRules: () => plural,
};

const formats = new Map<string, IntlMessageFormat>();

/** The sentence of this key. Throws where a value is missing. */
export function t(key: MessageKey, values?: Values): string {
  const message = findMessage(key);
  if (message === undefined) throw new Error(`Broken assumption: there is no message ${key}`);
  if (typeof message === "string") return message;
  const format =
    formats.get(key) ?? new IntlMessageFormat(message, LANGUAGE, undefined, { formatters, ignoreTag: true });
  formats.set(key, format);
  return String(format.format(values));
}

/** For keys that end in a word of the API: it may have words that the catalogue has not. */
export const has = (key: string): key is MessageKey => findMessage(key) !== undefined;

function findMessage(key: string): Message | undefined {
  let found: Message | Messages | undefined = messages as Messages;
  for (const name of key.split(".")) found = isGroup(found) ? found[name] : undefined;
  return isGroup(found) ? undefined : found;
}

const isGroup = (found: Message | Messages | undefined): found is Messages =>
  typeof found === "object" && !Array.isArray(found);
