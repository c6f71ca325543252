import { isJsonObject } from "./exact-json.ts";
import type { GraphReply } from "./graph-reply.ts";
import { parseMetaId } from "./meta-id.ts";

/**
 * The same reply, or silence where a success does not answer what was asked: a node that does not name
 * itself, a list that is none, a write that does not say that it was done. A proxy, a cache and a changed API
 * can all answer 200 with JSON; none of it may prove that a share stands, nor that a number or a subscription
 * is gone. Paths that are not known here pass as they are.
 *
 * Shapes: every node has its `id`, edges answer `data`, these writes `success` (graph-api/overview,
 * assigned_users, subscribed_apps).
 */
export function expectedReplyOf(reply: GraphReply): GraphReply {
  if (reply.kind !== "success") return reply;
  const fault = faultOf(reply.request, reply.body);
  if (fault === null) return reply;
  const { request, askedAt, answeredAt, status } = reply;
  return { request, askedAt, answeredAt, kind: "no_answer", cause: "malformed", detail: fault, status };
}

const LIST_EDGES = new Set(["assigned_users", "subscribed_apps", "phone_numbers", "system_users"]);
const PATH = /^\/([0-9]+)(?:\/([a-z_]+))?$/;

function faultOf({ method, path }: GraphReply["request"], body: Record<string, unknown>): string | null {
  const [, id, edge] = PATH.exec(path) ?? [];
  if (id === undefined) return null;
  if (edge === undefined)
    return method !== "GET" || parseMetaId(body.id) === id ? null : "The answer is about another object";
  if (!LIST_EDGES.has(edge)) return null;
  if (method === "POST") return body.success === true ? null : "The answer does not say that it was done";
  return Array.isArray(body.data) && body.data.every(isJsonObject) ? null : "The answer is no list";
}
