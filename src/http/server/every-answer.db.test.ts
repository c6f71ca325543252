/** What every answer has: a type, a policy, no cache, no other origin; and the cookies that we set. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ADMIN, createTestApp, OURS, type TestApp } from "../../../test/support/create-test-app.ts";
import { ROUTES } from "./route-table.ts";

const PUBLIC = "https://share.example.com";

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp({ PUBLIC_URL: PUBLIC });
});
afterAll(() => app.stop());

interface Seen {
  method: string;
  path: string;
  status: number;
  headers: Headers;
  text: string;
}

const API = ROUTES.filter(({ path }) => !path.endsWith("/stream")).map(({ path }) =>
  path.replace(/\{\w+\}/g, "100000000000001"),
);
const PAGES = [
  "/reshare/none",
  "/onboard/none",
  "/portal",
  "/portal/enter",
  "/problems/not_found",
  "/",
  "/wabas",
];
const OTHERS = [
  "/healthz",
  "/readyz",
  "/metrics",
  "/webhooks/meta",
  "/messages",
  "/no-such-page",
  "/api/none",
];

let seen: Seen[];
beforeAll(async () => {
  seen = [];
  for (const path of new Set([...API, ...PAGES, ...OTHERS]))
    for (const method of ["GET", "POST"])
      for (const key of [OURS, {}]) {
        const headers = { Accept: "text/html, */*", Origin: "https://evil.example", ...key };
        const answer = await fetch(app.url + path, { method, headers, redirect: "manual" });
        seen.push({
          method,
          path,
          status: answer.status,
          headers: answer.headers,
          text: await answer.text(),
        });
      }
}, 60_000);

/** The answers that break a rule, by what shows it. */
const faults = (isFault: (answer: Seen) => boolean, among = seen): string[] =>
  among
    .filter(isFault)
    .map(({ method, path, status, headers }) =>
      [method, path, status, headers.get("content-type"), headers.get("cache-control")].join(" "),
    );

test("answers of all kinds are looked at", () => {
  expect([...new Set(seen.map(({ status }) => status))]).toEqual(
    expect.arrayContaining([200, 400, 401, 404, 405]),
  );
  expect(seen.filter(({ status }) => status >= 500 && status !== 503).map(({ path }) => path)).toEqual([]);
});

test("a body has a type, and text has UTF-8", () => {
  const typed =
    /^(application\/((problem|openapi)\+)?json(; charset=utf-8)?|text\/[\w-]+; .*charset=utf-8.*)$/i;
  expect(
    faults(({ text, headers }) => text !== "" && !typed.test(headers.get("content-type") ?? "")),
  ).toEqual([]);
});

test("no answer is shared with another origin", () => {
  expect(
    faults(({ headers }) => [...headers.keys()].some((name) => name.startsWith("access-control-"))),
  ).toEqual([]);
});

test("no answer of the API, and no page of a client, is kept in a cache", () => {
  const answers = seen.filter(({ path }) => /^\/(api|reshare|onboard|portal)\b/.test(path));
  const mayKeep = /^\/api\/(openapi\.json|v1\/labels)$/;
  expect(
    faults(
      ({ path, headers }) => !mayKeep.test(path) && headers.get("cache-control") !== "no-store",
      answers,
    ),
  ).toEqual([]);
});

test("a page loads its own parts alone, and what is no page loads nothing", () => {
  const isPage = ({ headers }: Seen): boolean => (headers.get("content-type") ?? "").startsWith("text/html");
  expect(seen.some(isPage)).toBe(true);
  const policyOf = ({ headers }: Seen): string[] =>
    (headers.get("content-security-policy") ?? "").split("; ");
  const rules = ["script-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"];
  expect(
    faults((answer) => isPage(answer) && !rules.every((rule) => policyOf(answer).includes(rule))),
  ).toEqual([]);
  expect(faults((answer) => !isPage(answer) && !policyOf(answer).includes("default-src 'none'"))).toEqual([]);
  expect(
    faults((answer) => /unsafe-eval|script-src[^;]*unsafe-inline/.test(policyOf(answer).join("; "))),
  ).toEqual([]);
});

test("plain http is answered by itself: nothing is led on to https behind the caller's back", () => {
  expect(faults(({ headers }) => headers.get("location")?.startsWith("https:") ?? false)).toEqual([]);
});

describe("the session's cookie behind https", () => {
  const signIn = () => app.ask("POST", "/api/v1/session", { api_key: ADMIN }, {});

  test("is of this host alone, over https alone, out of reach of scripts and of other sites", async () => {
    const [cookie = "", ...others] = (await signIn()).headers.getSetCookie();
    expect(others).toEqual([]);
    expect(cookie).toMatch(/^__Host-sharekeeper_session=[\w-]{43}; /);
    for (const part of ["Path=/", "HttpOnly", "Secure", "SameSite=Strict"])
      expect(cookie.split("; ")).toContain(part);
    expect(cookie).not.toMatch(/domain/i);
  });

  test("holds a token that stands nowhere else in the answer, and is another one each time", async () => {
    const answers = [await signIn(), await signIn()];
    const tokens = answers.map(
      ({ headers }) => /=([\w-]{43});/.exec(headers.getSetCookie()[0] ?? "")?.[1] ?? "",
    );
    expect(new Set(tokens).size).toBe(2);
    for (const [nth, { body }] of answers.entries()) expect(JSON.stringify(body)).not.toContain(tokens[nth]);
  });
});

test("signing out takes the cookie back, and clears what the browser kept", async () => {
  const { headers } = await app.ask("POST", "/api/v1/session", { api_key: ADMIN }, {});
  const [cookie = ""] = (headers.getSetCookie()[0] ?? "").split(";");
  const from = { Cookie: cookie, Origin: PUBLIC, "Content-Type": "application/json" };
  const left = await app.ask("DELETE", "/api/v1/session", undefined, from);
  expect([left.status, left.headers.get("clear-site-data")]).toEqual([204, '"cache", "storage"']);
  expect(left.headers.getSetCookie()[0]).toMatch(/^__Host-sharekeeper_session=; Max-Age=0; /);
  expect((await app.ask("GET", "/api/v1/session", undefined, from)).status).toBe(401);
});
