import { describe, expect, test } from "vitest";
import labels from "../../../messages/en/labels.json" with { type: "json" };
import { en } from "../../../messages/english.ts";
import { REASONS } from "../../../sharing/model/reason.ts";
import { STATUS_ROWS } from "../../../sharing/status/status.ts";
import { openapiDocument } from "../../server/openapi.ts";

const tables: Record<string, Record<string, string>> = labels;
const valuesOf = (vocabulary: object): string => Object.keys(vocabulary).sort().join(" ");

/** Every set of words that answers of the API may hold, as "closed live offboarded". */
function enumerationsIn(schema: unknown): string[] {
  if (typeof schema !== "object" || schema === null) return [];
  const own = "enum" in schema && Array.isArray(schema.enum) ? (schema.enum as unknown[]) : [];
  const words = own.filter((value) => typeof value === "string").sort();
  return [...(words.length > 0 ? [words.join(" ")] : []), ...Object.values(schema).flatMap(enumerationsIn)];
}

const document = JSON.parse(JSON.stringify(openapiDocument("1.2.3"))) as { components: { schemas: object } };
const { Problem: _itsTitle, ...schemas } = document.components.schemas as Record<string, object>;
const enumerations = new Set(enumerationsIn(schemas));

/**
 * Sets of words that people do not read: a constant, a colour, and codes that come with their own sentence.
 */
const WITHOUT_LABELS = [
  "sharekeeper",
  "public-key",
  ...["ed25519 hmac-sha256", "OKP", "Ed25519", "sig"],
  "de en es fr id pt",
  "amber green grey red",
  "exchange_code match_waba prove_share register subscribe sync_app",
  "graph_version_ended graph_version_ends onboarding_cap signup_version_ended signup_version_ends",
].concat(valuesOf(en.webhook_checks.sentence), valuesOf(en.repairs));

const AUDIT = ["audit_action", "audit_actor", "audit_target"];

/** Tables of words that the API does not list as an enumeration. */
const OPEN = new Set([
  ...AUDIT,
  "reason",
  "condition",
  "partner_model",
  "source",
  "signup_outcome",
  "signup_screen",
]);

test("every set of words in an answer has a table of labels", () => {
  const isLabelled = (words: string): boolean =>
    Object.values(tables).some((table) => words.split(" ").every((word) => Object.hasOwn(table, word)));
  const left = [...enumerations].filter((words) => !WITHOUT_LABELS.includes(words));
  expect(left.filter((words) => !isLabelled(words))).toEqual([]);
});

test("no table is about words that no answer holds", () => {
  const left = Object.entries(tables).filter(
    ([name, table]) => !OPEN.has(name) && !enumerations.has(valuesOf(table)),
  );
  expect(left.map(([name]) => name)).toEqual([]);
  expect(WITHOUT_LABELS.filter((words) => !enumerations.has(words))).toEqual([]);
});

describe("the tables of words that are no enumeration", () => {
  test("reasons, and the reason of what is proven", () =>
    expect(valuesOf(labels.reason)).toBe(valuesOf({ ...REASONS, proven: 0 })));
  test("outcomes of a signup's attempt", () =>
    expect(valuesOf(labels.signup_outcome)).toBe(valuesOf({ ...en.client_page.exit_reason, finished: 0 })));
});

test("the status table uses its labels", () =>
  expect(Object.fromEntries(STATUS_ROWS.map(({ status, label }) => [status, label]))).toEqual(labels.status));
