import { IntlMessageFormat } from "intl-messageformat";
import { sep } from "node:path";
import type { Plugin } from "vite";

/** The catalogues are compiled by `compileMessages`, so that no parser of messages is part of the Hub. */
export const NO_PARSER = {
  "@formatjs/icu-messageformat-parser": "@formatjs/icu-messageformat-parser/no-parser.js",
};

const HUB = import.meta.dirname + sep;

/** Compiles a catalogue where code of the Hub imports it. A message that does not parse fails the build. */
export const compileMessages = (): Plugin => ({
  name: "compile-messages",
  enforce: "pre",
  resolveId: {
    filter: { id: /\/messages\/\w+\/[\w-]+\.json$/ },
    async handler(source, importer) {
      if (!importer?.startsWith(HUB)) return null;
      const file = await this.resolve(source, importer, { skipSelf: true });
      return file && `${file.id}?compiled`;
    },
  },
  transform: {
    filter: { id: /\.json\?compiled$/ },
    handler: (code) => ({
      code: `export default ${JSON.stringify(compiled(JSON.parse(code)))}`,
      moduleType: "js",
      map: null,
    }),
  },
});

type Part = ReturnType<IntlMessageFormat["getAst"]>[number];
const isText = (part: Part): part is Extract<Part, { value: string }> => Number(part.type) === 0;

/** A text without arguments stays a text; any other becomes what IntlMessageFormat parses it to. */
function compiled(node: unknown): unknown {
  if (typeof node === "string") {
    const ast = new IntlMessageFormat(node, "en", undefined, { ignoreTag: true }).getAst();
    return ast.every(isText) ? ast.map(({ value }) => value).join("") : ast;
  }
  const entries = Object.entries(node as Record<string, unknown>);
  return Object.fromEntries(entries.map(([name, value]) => [name, compiled(value)]));
}
