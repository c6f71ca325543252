import { ROUTES } from "../../src/http/server/route-table.ts";
import type { Route } from "../../src/http/kit/route.ts";
import type { TestApp } from "./create-test-app.ts";

/** Every call of the OpenAPI document, with the route that it was made from. */
export async function readOperations(app: Pick<TestApp, "ask">): Promise<Route[]> {
  const { body } = await app.ask("GET", "/api/openapi.json");
  const paths: Record<string, object> = body.paths;
  return Object.entries(paths).flatMap(([path, calls]) =>
    Object.keys(calls).map((method) => {
      const route = ROUTES.find((known) => known.path === path && known.method === method.toUpperCase());
      if (route === undefined) throw new Error(`the document has ${method} ${path}, the table has not`);
      return route;
    }),
  );
}

/** The path with its parameters filled in. One that `ids` does not name is filled with an unknown id. */
export function pathOf(route: Pick<Route, "path">, ids: Readonly<Record<string, string>> = {}): string {
  const collection = /^\/api\/v1\/([\w-]+)/.exec(route.path)?.[1] ?? "";
  return route.path.replace(/\{(\w+)\}/g, (_whole, name: string) =>
    encodeURIComponent(ids[name === "id" ? collection : name] ?? "999999999999999"),
  );
}

/** The answer's status and text. Of a stream only the status is read; no write has a body that fits. */
export async function call(
  url: string,
  route: Pick<Route, "method" | "answer">,
  path: string,
  headers: Record<string, string>,
): Promise<{ status: number; text: string; code: string | null }> {
  const isWrite = route.method !== "GET";
  const leaving = new AbortController();
  const response = await fetch(url + path, {
    method: route.method,
    redirect: "manual",
    headers: { ...headers, ...(isWrite && { "Content-Type": "application/json" }) },
    ...(isWrite && { body: "[]" }),
    signal: leaving.signal,
  });
  const isStream = response.headers.get("content-type")?.startsWith("text/event-stream") ?? false;
  const text = isStream ? "" : await response.text();
  if (isStream) leaving.abort();
  const isProblem = response.headers.get("content-type") === "application/problem+json";
  return { status: response.status, text, code: isProblem ? JSON.parse(text).code : null };
}
