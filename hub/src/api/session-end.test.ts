import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { sampleSession } from "../testing/samples.ts";
import { ProblemError } from "./problem-error.ts";
import { sessionQuery, usersQuery } from "./queries.ts";
import { watchSessionEnd } from "./session-end.ts";

const REFUSED = new ProblemError(401, { title: "Not signed in" });
const NEW = sampleSession("admin");
const answerOf = (status: number, body: unknown): Response =>
  new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } });

let queries: QueryClient;
let answers: Response[];
const onEnd = vi.fn();
const asked: string[] = [];

beforeEach(() => {
  onEnd.mockReset();
  asked.length = 0;
  queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  queries.setQueryData(sessionQuery.queryKey, sampleSession("viewer"));
  vi.stubGlobal("fetch", (request: Request) => {
    asked.push(new URL(request.url).pathname);
    return Promise.resolve(answers.shift() ?? answerOf(401, {}));
  });
});
afterEach(() => queries.clear());

const session = () => queries.getQueryData(sessionQuery.queryKey);

test("a session that is refused twice has ended", async () => {
  answers = [answerOf(401, {})];
  watchSessionEnd(queries, onEnd)(REFUSED);
  await expect.poll(() => onEnd.mock.calls.length).toBe(1);
  expect(session()).toBeUndefined();
});

test("a session that still stands goes on, and what was refused is asked for again", async () => {
  answers = [answerOf(401, {}), answerOf(200, NEW), answerOf(200, { data: [] })];
  const watch = watchSessionEnd(queries, onEnd);
  await queries.fetchQuery(usersQuery).catch(watch);
  await expect.poll(() => asked.at(-1)).toBe("/api/v1/users");
  expect(session()).toEqual(NEW);
  await expect.poll(() => queries.getQueryData(usersQuery.queryKey)).toEqual({ data: [] });
  expect(onEnd).not.toHaveBeenCalled();
});

test("while something changes the session is not asked for", async () => {
  answers = [answerOf(200, NEW)];
  const change = Promise.withResolvers<void>();
  const changing = queries.getMutationCache().build(queries, { mutationFn: () => change.promise });
  const changed = changing.execute(undefined);
  watchSessionEnd(queries, onEnd)(REFUSED);
  await Promise.resolve();
  expect(asked).toEqual([]);
  change.resolve();
  await changed;
  await expect.poll(session).toEqual(NEW);
});

test("another error, or no answer, ends nothing", async () => {
  const watch = watchSessionEnd(queries, onEnd);
  watch(new ProblemError(403, { title: "Forbidden" }));
  expect(asked).toEqual([]);
  answers = [answerOf(503, { title: "Not now" })];
  watch(REFUSED);
  await expect.poll(() => asked).toEqual(["/api/v1/session"]);
  expect(session()).toBeDefined();
  expect(onEnd).not.toHaveBeenCalled();
});
