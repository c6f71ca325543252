import { PARTNER } from "../support/sandbox.ts";
import type { Fleet } from "./fleet.ts";

interface Request {
  n: number;
  at: string;
  method: string;
  path: string;
  query: Record<string, string>;
  answer: { messages?: { id: string }[] } | null;
}

async function requestsAfter(fleet: Fleet, after: number): Promise<Request[]> {
  const { body } = await fleet.control("GET", `/journal?kind=requests&after=${after}`);
  return (body as { data: Request[] }).data;
}

export const newestRequest = async (fleet: Fleet): Promise<number> =>
  (await requestsAfter(fleet, 0)).at(-1)?.n ?? 0;

/** When the id of each WABA was read, which is what a probe begins with. */
export async function wabasRead(fleet: Fleet, after: number): Promise<Map<string, number[]>> {
  const reads = new Map<string, number[]>();
  for (const { method, path, query, at } of await requestsAfter(fleet, after)) {
    const [, id] = /^\/v[0-9.]+\/([0-9]+)$/.exec(path) ?? [];
    if (method !== "GET" || query["fields"] !== "id" || id === undefined || id === PARTNER) continue;
    reads.set(id, [...(reads.get(id) ?? []), Date.parse(at)]);
  }
  return reads;
}

/** The ids of the messages that reached Meta. */
export async function messagesAtMeta(fleet: Fleet): Promise<Set<string>> {
  const sent = await requestsAfter(fleet, 0);
  return new Set(sent.flatMap(({ answer }) => answer?.messages?.map(({ id }) => id) ?? []));
}
