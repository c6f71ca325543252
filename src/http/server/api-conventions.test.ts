/** docs/reference/api-conventions.md says what the code does. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { OPTIONS } from "../../config/options.ts";
import { PROBLEMS } from "../../problems.ts";
import { ANSWERS_KEPT_MS, LONGEST_KEY, NOT_KEPT } from "../kit/idempotent-call.ts";
import { Limit } from "../kit/list-schema.ts";
import { quotaHeadersOf, RequestQuotas } from "../kit/request-quotas.ts";
import { openapiDocument } from "./openapi.ts";
import { ROUTES } from "./route-table.ts";

const page = readFileSync(new URL("../../../docs/reference/api-conventions.md", import.meta.url), "utf8");
const flowing = page.replaceAll("\n", " ");

/** The cells of each row of all tables, without the heads. */
const rows = page
  .split("\n")
  .filter((line) => /^\| [`\d]/.test(line))
  .map((line) => line.split("|").slice(1, -1));
const cellsOf = (pattern: RegExp): string[][] =>
  rows.map((cells) => cells.map((cell) => cell.trim())).filter(([first = ""]) => pattern.test(first));

const documented = JSON.stringify(openapiDocument("1.0.0"));
const perMinute = Number(OPTIONS.apiRateLimit.serve);

test("every problem in its tables exists, with its status", () => {
  const listed = cellsOf(/^\d{3}$/).map(([status, code = ""]) => [code.slice(1, -1), Number(status)]);
  const known = new Map<unknown, number>(Object.entries(PROBLEMS).map(([code, row]) => [code, row.status]));
  expect(listed.length).toBeGreaterThan(15);
  expect(listed).toEqual(listed.map(([code]) => [code, known.get(code)]));
});

test("it lists every problem that any call may answer with", () => {
  const listed = cellsOf(/^\d{3}$/).map(([, code = ""]) => code.slice(1, -1));
  const { responses } = openapiDocument("1.0.0").paths?.["/api/v1/signups"]?.post ?? {};
  const ofEach = [...JSON.stringify(responses).matchAll(/"code":"(\w+)"/g)].map(([, code]) => code);
  const own = ROUTES.find(({ name }) => name === "createSignup")?.problems ?? [];
  expect(ofEach.filter((code) => !own.some((each) => each === code) && !listed.includes(code ?? ""))).toEqual(
    [],
  );
});

test("every setting that it names exists", () => {
  const known = Object.values(OPTIONS).map(({ name }) => String(name));
  const named = [...page.matchAll(/`([A-Z]+_[A-Z_]+)`/g)].map(([, name = ""]) => name);
  expect(named.length).toBeGreaterThan(1);
  expect(named.filter((name) => !known.includes(name))).toEqual([]);
});

test("every header in its table is in the document of the API", () => {
  const headers = cellsOf(/^`[A-Z][\w-]*`$/).map(([name = ""]) => name.slice(1, -1));
  expect(headers.length).toBeGreaterThan(8);
  expect(headers.filter((name) => !documented.includes(`"${name}"`))).toEqual([]);
});

test("it names every call that has an ETag, and no other", () => {
  const named = cellsOf(/^`GET /).flat();
  const versioned = ROUTES.filter(({ isVersioned }) => isVersioned).map(
    ({ method, path }) => `\`${method} ${path}\``,
  );
  expect(named.toSorted()).toEqual(versioned.toSorted());
});

test("its numbers are those of the code", () => {
  const statuses = [...NOT_KEPT].map(String);
  expect(flowing).toContain(
    `${statuses.slice(0, -1).join(", ")} or ${statuses.at(-1)}, or that failed with 5xx`,
  );
  expect(flowing).toContain(`A key is 1 to ${LONGEST_KEY} printable characters`);
  expect(flowing).toContain(`Answers are kept for ${ANSWERS_KEPT_MS / 3_600_000} hours`);
  expect(flowing).toContain(`without it, ${Limit.parse(undefined)}.`);
  expect(flowing).toContain(`requests a minute (${perMinute}, unless it is set)`);
  const quotas = new RequestQuotas(perMinute);
  for (let n = 1; n < 10; n += 1) quotas.take("key_1", 0);
  for (const [name, value] of Object.entries(quotaHeadersOf(quotas.take("key_1", 18_000))))
    expect(page).toContain(`\n${name}: ${value}\n`);
});
