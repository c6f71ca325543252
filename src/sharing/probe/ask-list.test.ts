import { expect, test } from "vitest";
import type { GraphAnswer, GraphReply } from "../../meta/graph-reply.ts";
import { askList } from "./ask-list.ts";
import { isWhole, itemsOf } from "../../meta/list-reply.ts";
import { createRefusedFields } from "./refused-fields.ts";
import { HOUR } from "../model/timings.ts";

const PATH = "/100000000000001/phone_numbers";
const TOO_MUCH: GraphAnswer = {
  kind: "refusal",
  status: 500,
  fault: {
    code: 1,
    subcode: null,
    type: null,
    message: "Please reduce the amount of data you're asking for, then retry your request",
    details: null,
    traceId: null,
    transient: null,
  },
};
const TIMEOUT: GraphAnswer = { kind: "no_answer", cause: "timeout", detail: "", status: null };

/** One probe of a list of so many items at a Meta that gives at most `most` at once. */
async function probed(
  count: number,
  most: number,
  { heavy = TOO_MUCH, record = createRefusedFields(), now = 0 } = {},
): Promise<{ ids: unknown[]; limits: number[]; whole: boolean }> {
  const limits: number[] = [];
  const ask = (query: { limit: string; after?: string }): Promise<GraphReply> => {
    const limit = Number(query.limit);
    limits.push(limit);
    const from = Number(query.after ?? 0);
    const to = Math.min(count, from + limit);
    const data = Array.from({ length: to - from }, (_, index) => ({ id: String(from + index) }));
    const paging = { cursors: { after: String(to) }, ...(to < count && { next: "https://…" }) };
    const page: GraphAnswer = { kind: "success", status: 200, body: { data, paging }, usage: null };
    const request = { method: "GET", path: PATH };
    return Promise.resolve({ request, askedAt: now, answeredAt: now, ...(limit > most ? heavy : page) });
  };
  const reply = await askList(ask, { path: PATH, record, now, until: now + 1000 });
  return { ids: itemsOf(reply).map(({ id }) => id), limits, whole: isWhole(reply) };
}

const idsOf = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index));

test("field case 11: a list of a probe that is too much is read in smaller pages, and known to its end", async () => {
  const record = createRefusedFields();
  expect(await probed(60, 25, { record })).toEqual({
    ids: idsOf(60),
    limits: [100, 50, 25, 25, 25],
    whole: true,
  });
  expect((await probed(60, 25, { record, now: 1 })).limits).toEqual([25, 25, 25]);
  expect((await probed(60, 100, { record, now: HOUR })).limits).toEqual([100]);
});

test("field case 11: a list that is not answered in time is asked for in half the size at the next probe", async () => {
  const record = createRefusedFields();
  const probe = (now: number) => probed(60, 25, { heavy: TIMEOUT, record, now });
  expect((await probe(0)).limits).toEqual([100]);
  expect((await probe(1)).limits).toEqual([50]);
  expect(await probe(2)).toEqual({ ids: idsOf(60), limits: [25, 25, 25], whole: true });
});

test("no more than 100 items are read; a longer list is incomplete", async () => {
  expect(await probed(130, 50)).toEqual({ ids: idsOf(100), limits: [100, 50, 50], whole: false });
  expect(await probed(130, 5)).toEqual({ ids: [], limits: [100, 50, 25, 10], whole: false });
});
