import { expect, test } from "vitest";
import type { GraphClient } from "./graph-client.ts";
import type { GraphAnswer, GraphReply, GraphRequest } from "./graph-reply.ts";
import { ListPace } from "./list-pace.ts";
import { followPages } from "./read-pages.ts";

const refusal = (status: number, code: number): GraphAnswer => ({
  kind: "refusal",
  status,
  fault: {
    code,
    subcode: null,
    type: null,
    message: "Please reduce the amount of data you're asking for, then retry your request",
    details: null,
    traceId: null,
    transient: null,
  },
});
const TOO_MUCH = refusal(500, 1);
const TIMEOUT: GraphAnswer = { kind: "no_answer", cause: "timeout", detail: "", status: null };

interface Asked {
  limit: number;
  from: number;
  fields: string;
}

/** A list of so many items, at a Meta that answers some requests otherwise. */
async function walked(count: number, otherwise: (asked: Asked) => GraphAnswer | null) {
  const asked: Asked[] = [];
  const ask = ({ method, path, query = {} }: GraphRequest): Promise<GraphReply> => {
    const of = { limit: Number(query.limit), from: Number(query.after ?? 0), fields: query.fields ?? "" };
    asked.push(of);
    const to = Math.min(of.from + of.limit, count);
    const data = Array.from({ length: to - of.from }, (_, index) => ({ id: String(of.from + index) }));
    const paging = { cursors: { after: String(to) }, ...(to < count && { next: "https://…" }) };
    const page: GraphAnswer = { kind: "success", status: 200, body: { data, paging }, usage: null };
    return Promise.resolve({
      request: { method, path },
      askedAt: 1,
      answeredAt: 2,
      ...(otherwise(of) ?? page),
    });
  };
  const graph: GraphClient = { ask, close: () => Promise.resolve() };
  const request = {
    method: "GET",
    path: "/1/list",
    query: { fields: "id,name,owner" },
    token: "token",
  } as const;
  const ids: unknown[] = [];
  const walk = await followPages(
    graph,
    request,
    1000,
    (items) => void ids.push(...items.map(({ id }) => id)),
    new ListPace(["owner"]),
  );
  return { kind: walk.kind, ids, asked, limits: asked.map(({ limit }) => limit) };
}

const COUNT = 130;
const ALL = Array.from({ length: COUNT }, (_, index) => String(index));

test("field case 11: a page that is too large is halved from the same cursor, and stays halved for the whole list", async () => {
  for (const heavy of [TOO_MUCH, TIMEOUT]) {
    const walk = await walked(COUNT, ({ limit, from }) => (from >= 100 && limit > 25 ? heavy : null));
    expect(walk).toMatchObject({ kind: "complete", ids: ALL, limits: [100, 100, 50, 25, 25] });
    expect(walk.asked.slice(1, 4).map(({ from }) => from)).toEqual([100, 100, 100]);
  }
});

test("field case 11: the field that makes it heavy is left out before the list is given up", async () => {
  const walk = await walked(COUNT, ({ fields }) => (fields.includes("owner") ? TOO_MUCH : null));
  expect(walk).toMatchObject({ kind: "complete", ids: ALL });
  expect(walk.limits.slice(0, 5)).toEqual([100, 50, 25, 10, 10]);
  expect(walk.asked.at(-1)?.fields).toBe("id,name");
  expect((await walked(COUNT, () => TOO_MUCH)).kind).toBe("stopped");
});

test("field case 1: a field that Meta refuses is left out of the list at once", async () => {
  const walk = await walked(COUNT, ({ fields }) => (fields.includes("owner") ? refusal(403, 10) : null));
  expect(walk).toMatchObject({ kind: "complete", ids: ALL, limits: [100, 100, 100] });
});

test("what is neither too much nor refused for a field is not asked again: throttling, a dead token, a page", async () => {
  const page: GraphAnswer = { kind: "no_answer", cause: "malformed", detail: "", status: 403 };
  for (const answer of [refusal(400, 80008), refusal(401, 190), refusal(500, 2), page])
    expect(await walked(COUNT, () => answer)).toMatchObject({ kind: "stopped", limits: [100] });
});
