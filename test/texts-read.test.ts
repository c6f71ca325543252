/**
 * A sentence that no code reads is a promise to translators only: every key of the texts stands in code that
 * can read it.
 */
import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import * as hubTexts from "../hub/src/texts.ts";
import doctor from "../src/messages/en/doctor.json" with { type: "json" };
import { en } from "../src/messages/english.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const isCode = (path: string): boolean => !/\.test\.|^hub\/src\/[\w-]*texts\.ts$/.test(path);
const codeOf = (...globs: string[]): string =>
  globSync(globs, { cwd: root })
    .filter(isCode)
    .map((path) => readFileSync(`${root}/${path}`, "utf8").replace(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, ""))
    .join("\n");

/** ["problem", "internal", "title"], for each text. */
function pathsOf(texts: object, above: string[] = []): string[][] {
  return Object.entries(texts).flatMap(([key, value]: [string, unknown]) =>
    typeof value === "object" && value !== null ? pathsOf(value, [...above, key]) : [[...above, key]],
  );
}

/**
 * A key is read where it stands as a word or in quotes, or where its beginning or end stands beside a gap:
 * `who_${who}`.
 */
function unreadIn(texts: object, code: string): string[] {
  const words = new Set(code.match(/\w+/g));
  const starts = [...code.matchAll(/`(\w+_)\$\{/g)].map(([, start = ""]) => start);
  const ends = [...code.matchAll(/\}(_\w+)`/g)].map(([, end = ""]) => end);
  const isRead = (key: string): boolean =>
    words.has(key) ||
    starts.some((start) => key.startsWith(start)) ||
    ends.some((end) => key.endsWith(end) && words.has(key.slice(0, -end.length)));
  return pathsOf(texts).flatMap((path) =>
    path.every((key) => key.split(/[.-]/).every(isRead)) ? [] : [path.join(" > ")],
  );
}

const serverCode = codeOf("src/**/*.ts");
// The API gives the labels as whole tables: src/http/api/labels/labels.test.ts compares them with its values.
const { labels: _labels, ...sentences } = en;
// Profile words are values of Meta that we pass on: no code of ours names them.
const { texts: hubSentences, profileWords: _metaValues, ...hubLabels } = hubTexts;
const hubCode = codeOf("hub/{src,reshare,signup}/**/*.{ts,tsx}");

test.each([
  ["the server and the client pages", sentences, serverCode],
  ["the doctor", doctor, serverCode],
  ["the Hub's sentences", hubSentences, hubCode],
  ["the Hub's labels for words of the API", hubLabels, hubCode + serverCode],
])("every message of %s is read by code", (_name, texts, code) => expect(unreadIn(texts, code)).toEqual([]));

test("a key that no code reads is found", () => {
  const texts = { step: { done: "", gone: "", who_meta: "", late_seen: "", never_seen: "" } };
  const code = 'texts.step.done + texts.step[`who_${who}`] + texts.step[`${"late"}_seen`]';
  expect(unreadIn(texts, code)).toEqual(["step > gone", "step > never_seen"]);
});
