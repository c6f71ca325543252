import { expect, test } from "vitest";
import type { GraphReply, GraphRequest } from "../../meta/graph-reply.ts";
import { probeMeta, type ProbeOrder } from "./probe-meta.ts";

const LISTS = /\/(assigned_users|subscribed_apps|phone_numbers|system_users)$/;
const ORDER: ProbeOrder = {
  wabaId: "100000000000001",
  write: false,
  mayWrite: true,
  controlWabaId: null,
  override: null,
  askRole: true,
};

/** A probe of a Meta that answers this way; resolves with the requests. */
async function asked(
  answer: (request: GraphRequest) => Record<string, unknown> | null,
): Promise<GraphRequest[]> {
  const requests: GraphRequest[] = [];
  const ask = (request: GraphRequest): Promise<GraphReply> => {
    requests.push(request);
    const body = answer(request);
    const of = { request: { method: request.method, path: request.path }, askedAt: 1, answeredAt: 2 };
    const fault = {
      code: 200,
      subcode: null,
      type: null,
      message: "",
      details: null,
      traceId: null,
      transient: null,
    };
    return Promise.resolve(
      body === null
        ? { ...of, kind: "refusal", status: 403, fault }
        : { ...of, kind: "success", status: 200, body, usage: null },
    );
  };
  const us = { businessId: "734443296905665", appId: "600000000000001", systemUserId: "610000000000001" };
  await probeMeta(
    { connectionId: "default", ...us, token: "token", graph: { ask, close: () => Promise.resolve() } },
    ORDER,
  );
  return requests;
}

const SHARED =
  (next?: string) =>
  ({ method, path }: GraphRequest) => {
    if (method === "POST") return { success: true };
    return LISTS.test(path) ? { data: [], paging: { ...(next && { next }) } } : { id: path.slice(1) };
  };

test("every list is asked for at its largest: Meta shows 25 by itself, and ours may be the 26th", async () => {
  const lost = ({ path }: GraphRequest) =>
    path === `/${ORDER.wabaId}` ? null : { id: path.slice(1), data: [] };
  const lists = [...(await asked(SHARED())), ...(await asked(lost))].filter(
    ({ method, path }) => method === "GET" && LISTS.test(path),
  );
  expect(new Set(lists.map(({ path }) => LISTS.exec(path)?.[1])).size).toBe(4);
  expect(lists.filter(({ query }) => query?.limit !== "100")).toEqual([]);
});

test("a list that goes on may contain our subscription: it is not written anew, which would erase its override", async () => {
  const writes = async (next?: string): Promise<GraphRequest[]> =>
    (await asked(SHARED(next))).filter(
      ({ method, path }) => method === "POST" && path.endsWith("/subscribed_apps"),
    );
  expect(await writes()).toHaveLength(1);
  expect(await writes("https://graph.facebook.com/…")).toHaveLength(0);
});

test("numbers with a malformed id break no probe, and nothing is written for them", async () => {
  const odd = [{ id: { toString: 1 } }, { id: null }, {}];
  const requests = await asked((request) =>
    request.path.endsWith("/phone_numbers") ? { data: odd } : SHARED()(request),
  );
  expect(requests.filter(({ path }) => path.endsWith("/phone_numbers"))).toHaveLength(1);
});
