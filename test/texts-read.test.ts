/**
 * A sentence that no code reads is a promise to translators only: every key of the texts stands in code that
 * can read it.
 */
import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { argumentsOf } from "../src/messages/catalogue-faults.ts";
import client_mail from "../src/messages/en/client-mail.json" with { type: "json" };
import doctor from "../src/messages/en/doctor.json" with { type: "json" };
import hubAlerts from "../src/messages/en/hub-alerts.json" with { type: "json" };
import hub from "../src/messages/en/hub.json" with { type: "json" };
import { en } from "../src/messages/english.ts";
import { messagesIn } from "../src/messages/text.ts";
import { keyPatternsIn, messageCallsIn } from "./support/message-calls.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const filesOf = (...globs: string[]): [path: string, code: string][] =>
  globSync(globs, { cwd: root })
    .filter((path) => !path.includes(".test."))
    .map((path) => [path, readFileSync(`${root}/${path}`, "utf8")]);
const codeOf = (...globs: string[]): string =>
  filesOf(...globs)
    .map(([, code]) => code.replace(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, ""))
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

test.each([
  ["the server and the client pages", sentences, serverCode],
  ["the doctor", doctor, serverCode],
  ["the mails to clients", client_mail, serverCode],
])("every message of %s is read by code", (_name, texts, code) => expect(unreadIn(texts, code)).toEqual([]));

test("a key that no code reads is found", () => {
  const texts = { step: { done: "", gone: "", who_meta: "", late_seen: "", never_seen: "" } };
  const code = 'texts.step.done + texts.step[`who_${who}`] + texts.step[`${"late"}_seen`]';
  expect(unreadIn(texts, code)).toEqual(["step > gone", "step > never_seen"]);
});

const hubFiles = filesOf("hub/src/**/*.{ts,tsx}");
const hubMessages = messagesIn(hub);
const hubAlertMessages = messagesIn(hubAlerts);

test("every message of the Hub is read by code", () => {
  const patterns = hubFiles.flatMap((file) => keyPatternsIn(...file));
  const keys = [...hubMessages.keys(), ...hubAlertMessages.keys()];
  expect(keys.filter((key) => !patterns.some((pattern) => pattern.test(key)))).toEqual([]);
});

const serverFiles = filesOf("src/**/*.ts");

/** Each formatter with its catalogue. The Hub passes the arguments of its message and no more. */
const FORMATTERS = [
  { name: "t", place: 0, messages: hubMessages, files: hubFiles, isExact: true },
  { name: "say", place: 0, messages: hubAlertMessages, files: hubFiles, isExact: true },
  { name: "english", place: 0, messages: messagesIn(en), files: serverFiles, isExact: false },
  { name: "text", place: 0, messages: messagesIn(en.client_page), files: serverFiles, isExact: false },
  { name: "fill", place: 1, messages: messagesIn(en.client_page), files: serverFiles, isExact: false },
  { name: "mail", place: 0, messages: messagesIn(client_mail), files: serverFiles, isExact: false },
  { name: "page", place: 0, messages: messagesIn(en.client_page), files: serverFiles, isExact: false },
  { name: "doctorText", place: 0, messages: messagesIn(doctor), files: serverFiles, isExact: false },
];

test.each(FORMATTERS)("every call of $name passes the arguments of its message", (formatter) => {
  const { name, place, messages, files, isExact } = formatter;
  const calls = files.flatMap(([path, code]) => messageCallsIn(path, code, name, place));
  expect(calls.length).toBeGreaterThan(0);
  const faults = calls.flatMap(({ code, keys, values, isOpen }) =>
    [...messages]
      .filter(([key]) => keys.some((pattern) => pattern.test(key)))
      .filter(([, message]) => {
        const wanted = argumentsOf(message) ?? [];
        if (isExact) return isOpen || wanted.join() !== values.join();
        return !isOpen && wanted.some((argument) => !values.includes(argument));
      })
      .map(([key, message]) => `${code}; ${key} is "${message}"`),
  );
  expect(faults).toEqual([]);
});

test("a call is found with its keys and the names of its values", () => {
  const code = 't(isOne ? "list.one" : `list.${which}.more`, { count: 2, name }) + `${name} and ${name}`';
  expect(messageCallsIn("page.tsx", code, "t")).toMatchObject([
    { keys: [/^list\.one$/, /^list\.[\w-]+\.more$/], values: ["count", "name"], isOpen: false },
  ]);
  expect(keyPatternsIn("page.tsx", code).map(({ source }) => source)).toHaveLength(2);
});
