import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { client } from "../../hub/src/api/generated/client.gen.ts";
import { abandonSignup, closeSession, getSignup, listWabas } from "../../hub/src/api/generated/sdk.gen.ts";
import { ProblemError } from "../../hub/src/api/problem-error.ts";

const disposers: (() => unknown)[] = [];
afterEach(() => Promise.all(disposers.splice(0).map((dispose) => dispose())));

/** An API that answers each request so; the lines name the requests. */
async function openApi(listener: RequestListener): Promise<string[]> {
  const lines: string[] = [];
  const server = createServer((request, response) => {
    lines.push(`${request.method} ${request.url} ${request.headers["content-type"] ?? "-"}`);
    listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  disposers.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  client.setConfig({ baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  return lines;
}

const JSON_TYPE = { "Content-Type": "application/json" };
const failureOf = (asked: Promise<unknown>): Promise<unknown> =>
  asked.then(
    () => "answered",
    (error) => error,
  );

test("parameters without a value are left out, and an id is escaped", async () => {
  const lines = await openApi((_request, response) => response.writeHead(200, JSON_TYPE).end("{}"));
  await listWabas({ query: { q: "a&b", status: "", limit: 100, cursor: "" } });
  await getSignup({ path: { id: "../session" } });
  expect(lines).toEqual(["GET /api/v1/wabas?q=a%26b&limit=100 -", "GET /api/v1/signups/..%2Fsession -"]);
});

test("a write has the type of JSON, also without a body, and may have an empty answer", async () => {
  const lines = await openApi((request, response) =>
    request.method === "DELETE"
      ? response.writeHead(204).end()
      : response.writeHead(200, JSON_TYPE).end("{}"),
  );
  await abandonSignup({ path: { id: "signup_1" } });
  await closeSession();
  expect(lines).toEqual([
    "POST /api/v1/signups/signup_1/abandon application/json",
    "DELETE /api/v1/session application/json",
  ]);
});

test("a refusal is thrown with its problem document", async () => {
  const body = { title: "Not found", detail: "There is no such signup.", code: "signup_not_found" };
  await openApi((_request, response) =>
    response.writeHead(404, { "Content-Type": "application/problem+json" }).end(JSON.stringify(body)),
  );
  const failure = await failureOf(getSignup({ path: { id: "signup_1" } }));
  expect(failure).toBeInstanceOf(ProblemError);
  expect(failure).toMatchObject({ status: 404, message: "There is no such signup.", body });
});

test("a page of a proxy is a failure, whatever its status", async () => {
  const page = { "Content-Type": "text/html" };
  let status = 200;
  await openApi((_request, response) =>
    response.writeHead(status, page).end("<p>Sign in to the network</p>"),
  );
  expect(await failureOf(listWabas())).toMatchObject({ name: "ProblemError", status: 200 });
  status = 502;
  expect(await failureOf(listWabas())).toMatchObject({ name: "ProblemError", status: 502 });
});

test("an answer that breaks off is no answer", async () => {
  await openApi((_request, response) => {
    response.writeHead(200, { ...JSON_TYPE, "Content-Length": "100" });
    response.write("{", () => response.destroy());
  });
  expect(await failureOf(listWabas())).toMatchObject({ name: "ProblemError", status: 0 });
});

test("a request that its page has given up is no failure of the API", async () => {
  const page = new AbortController();
  await openApi(() => page.abort());
  expect(await failureOf(listWabas({ signal: page.signal }))).toMatchObject({ name: "AbortError" });
});
