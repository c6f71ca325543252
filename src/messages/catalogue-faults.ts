import IntlMessageFormat from "intl-messageformat";
import { messagesIn } from "./text.ts";

/** The sections of a language by name: { "client-page": { title: "…" } }. */
export type Catalogue = Readonly<Record<string, object>>;

/**
 * Every fault of the catalogues, one sentence each. English says which messages there are. Another language
 * may leave out a whole section; a section that it has must hold exactly English's keys with the same
 * arguments.
 */
export function catalogueFaultsOf(catalogues: Readonly<Record<string, Catalogue>>): string[] {
  const english = catalogues["en"] ?? {};
  return Object.entries(catalogues).flatMap(([language, sections]) =>
    Object.entries(sections).flatMap(([section, messages]) => {
      const place = `${language}/${section}.json`;
      const model = english[section];
      if (model === undefined) return [`${place}: English has no such section`];
      return sectionFaultsOf(messagesIn(messages), messagesIn(model)).map((fault) => `${place}: ${fault}`);
    }),
  );
}

function sectionFaultsOf(messages: Map<string, string>, english: Map<string, string>): string[] {
  const missing = [...english.keys()].filter((key) => !messages.has(key));
  return [
    ...missing.map((key) => `${key} is missing`),
    ...[...messages].flatMap(([key, message]) => {
      const fault = messageFaultOf(message, english.get(key));
      return fault === null ? [] : [`${key} ${fault}`];
    }),
  ];
}

function messageFaultOf(message: string, english: string | undefined): string | null {
  if (english === undefined) return "is not in English";
  if (message === "") return "is empty";
  if (message !== message.trim()) return "begins or ends with a blank";
  const found = argumentsOf(message);
  if (found === null) return "is not a valid ICU message";
  const wanted = argumentsOf(english);
  if (wanted === null || found.join() === wanted.join()) return null;
  return `has the arguments {${found.join("}, {")}}, and English has {${wanted.join("}, {")}}`;
}

/** The names of a message's arguments, sorted; null when the message is not valid. */
export function argumentsOf(message: string): string[] | null {
  try {
    const { getAst } = new IntlMessageFormat(message, "en", undefined, { ignoreTag: true });
    return [...new Set(namesIn(getAst()))].sort();
  } catch {
    return null;
  }
}

type Node = ReturnType<IntlMessageFormat["getAst"]>[number];

/** The kinds of nodes of a parsed message that name no argument: a piece of text, and the # of a plural. */
const [LITERAL, POUND] = [0, 7];

function namesIn(nodes: readonly Node[]): string[] {
  return nodes
    .filter(({ type }) => Number(type) !== LITERAL && Number(type) !== POUND)
    .flatMap((node) => [
      "value" in node ? String(node.value) : "",
      ...("options" in node ? Object.values(node.options).flatMap(({ value }) => namesIn(value)) : []),
    ]);
}
