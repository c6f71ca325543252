/**
 * Every route of the Graph API against fixtures that were written from the fact sheets, exact but for what no
 * one can know.
 */
import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { proofOf } from "../../src/emulator/graph/access.ts";
import { GRAPH_ROUTES, ROOT_ROUTES } from "../../src/emulator/graph/graph.ts";
import { APP_SECRET, PARTNER, startHarness, SYSTEM_TOKEN, SYSTEM_USER } from "./emulator-harness.ts";
import type { Harness } from "./emulator-harness.ts";

interface Case {
  /** Method and path with kinds in braces, as `GET /_emulator/routes` lists them. */
  route: string;
  name: string;
  request: { method: string; path: string; body?: unknown };
  token?: "client" | "app" | "none";
  /** Actions done first, without webhooks. */
  before?: { action: string; [key: string]: unknown }[];
  /** A signup finished first; its code is `{code}`. */
  signup?: Record<string, unknown>;
  status: number;
  answer: unknown;
}

const APP = "600000000000001";
const CLIENT_TOKEN = "EAAclient510000000000001";
const FOLDER = new URL("./fixtures/", import.meta.url);

const files = readdirSync(FOLDER).filter((name) => name.endsWith(".json"));
const fixtures = files.map((name) => ({
  name,
  ...(JSON.parse(readFileSync(new URL(name, FOLDER), "utf8")) as { source: string; cases: Case[] }),
}));

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
beforeEach(async () => {
  await harness.control("POST", "/reset");
  harness.emulator.subscribe(harness.receiver.url);
  await harness.control("POST", "/clock", { mode: "frozen", now: "2026-11-22T12:00:00Z" });
});
afterAll(() => harness.stop());

/** Writes the ids of this world in the place of `{waba}` and the like, anywhere in a value. */
function filled<Value>(value: Value, code: string): Value {
  const words: Record<string, string> = {
    waba: "100000000000001",
    phone_number: "200000000000001",
    coexistence_waba: "100000000000003",
    coexistence_number: "200000000000004",
    business: PARTNER,
    client: "510000000000001",
    system_user: SYSTEM_USER,
    app: APP,
    app_secret: encodeURIComponent(APP_SECRET),
    client_token: CLIENT_TOKEN,
    callback: harness.receiver.url,
    proof: proofOf(SYSTEM_TOKEN, APP_SECRET),
    code,
  };
  const text = JSON.stringify(value).replace(/\{(\w+)\}/g, (whole, word: string) => words[word] ?? whole);
  return JSON.parse(text) as Value;
}

const MATCHERS: Record<string, unknown> = {
  "<string>": expect.any(String),
  "<number>": expect.any(Number),
  "<list>": expect.any(Array),
  "<id>": expect.stringMatching(/^\d{10,}$/),
  "<trace>": expect.stringMatching(/^A\w{22}$/),
  "<wamid>": expect.stringMatching(/^wamid\.[A-Za-z0-9+/]+=*$/),
};

function expected(value: unknown): unknown {
  if (typeof value === "string") return MATCHERS[value] ?? value;
  if (Array.isArray(value)) return value.map(expected);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, expected(item)]));
}

function tokenOf(token: Case["token"]): string | null {
  if (token === "none") return null;
  return token === "client" ? CLIENT_TOKEN : token === "app" ? `${APP}|${APP_SECRET}` : SYSTEM_TOKEN;
}

describe.each(fixtures)("$name ($source)", ({ cases }) => {
  test.each(cases)("$route: $name", async (given) => {
    for (const { action, ...rest } of filled(given.before ?? [], ""))
      await harness.act(action, { ...rest, silent: true });
    const signup =
      given.signup &&
      (await harness.control("POST", "/signup", { ...filled(given.signup, ""), silent: true }));
    const { request, status, answer } = filled(given, String(signup?.body.code ?? ""));
    const got = await harness.graph(request.method, request.path, {
      token: tokenOf(given.token),
      ...(request.body !== undefined && { body: request.body }),
    });
    expect(got).toEqual({ status, body: expected(answer) });
  });
});

test("every route has a fixture, and every fixture a route", () => {
  const nodes = Object.entries(GRAPH_ROUTES).flatMap(([kind, routes]) =>
    routes.map(({ method, edge }) => `${method} /{${kind}}${edge && `/${edge}`}`),
  );
  const routes = [...ROOT_ROUTES.map(({ method, path }) => `${method} ${path}`), ...nodes];
  const covered = new Set(fixtures.flatMap(({ cases }) => cases.map((each) => each.route)));
  expect([...covered].toSorted()).toEqual(routes.toSorted());
});
