import { expect, test } from "vitest";
import { parseAcceptLanguage } from "./languages.ts";

test.each([
  ["pt-BR,pt;q=0.9,en;q=0.8", "pt"],
  ["nl,en;q=0.3,de;q=0.7", "de"],
  ["id-ID", "id"],
  ["fr;q=0,es", "es"],
  ["nl", null],
  ["", null],
  ["*", null],
])("Accept-Language %s: %s", (header, language) => expect(parseAcceptLanguage(header)).toBe(language));
