import { z } from "@hono/zod-openapi";
import { isLimited, mayAct } from "../../../access/actor.ts";
import { endOtherSessions, endSession, readSessions } from "../../../access/session-store.ts";
import { Problem } from "../../../problems.ts";
import { isoOf } from "../wabas/render-waba.ts";
import { Instant } from "../wabas/waba-schema.ts";
import { defineRoute, type Route } from "../../kit/route.ts";

const ListedSession = z
  .object({
    id: z.string().openapi({ example: "ses_0123456789abcdef0123" }),
    actor: z.object({ id: z.string(), name: z.string() }).openapi({ description: "The person or API key." }),
    opened_with: z.enum(["api_key", "password", "passkey", "oidc", "link"]),
    address: z.string().nullable(),
    agent: z.string().nullable().openapi({ description: "The browser, as it names itself." }),
    created_at: Instant,
    last_used_at: Instant.openapi({ description: "To the minute. Streams do not count as use." }),
    expires_at: Instant,
    is_current: z.boolean().openapi({ description: "The one that asks." }),
  })
  .openapi("ListedSession");

const list = defineRoute({
  method: "GET",
  path: "/api/v1/sessions",
  who: "viewer",
  confinedBy: "caller",
  name: "listSessions",
  group: "Session",
  summary: "Where one is signed in",
  query: z.strictObject({
    all: z.enum(["true", "false"]).default("false").openapi({
      description: "`true`: the sessions of everybody, for administrators.",
    }),
  }),
  answer: {
    status: 200,
    description: "Last used first.",
    schema: z.object({ data: z.array(ListedSession) }).openapi("ListedSessionList"),
  },
  problems: [],
  audit: null,
  async handle({ deps, query, actor, sessionId }) {
    const isOfAll = query.all === "true";
    if (isOfAll && !mayAct(actor, "admin"))
      throw new Problem("not_permitted", { role: "admin", own: actor.role });
    if (isOfAll && isLimited(actor)) throw new Problem("client_limited");
    const of = isOfAll ? null : actor.id;
    const sessions = await readSessions(deps.db, deps.sessionRules, deps.wallClock.now(), of);
    return {
      data: sessions.map((session) => ({
        id: session.id,
        actor: { id: session.actorId, name: session.actorName },
        opened_with: session.openedWith,
        address: session.address,
        agent: session.agent,
        created_at: isoOf(session.createdAt),
        last_used_at: isoOf(session.lastUsedAt),
        expires_at: isoOf(session.expiresAt),
        is_current: session.id === sessionId,
      })),
    };
  },
});

const end = defineRoute({
  method: "DELETE",
  path: "/api/v1/sessions/{id}",
  who: "viewer",
  confinedBy: "caller",
  name: "endSession",
  group: "Session",
  summary: "End a session: an own one, or for administrators anybody's",
  params: z.object({ id: z.string().max(64) }),
  answer: { status: 204, description: "Ended, with its streams." },
  problems: ["session_not_found", "foreign_origin"],
  audit: "session.ended",
  async handle({ deps, params, actor }) {
    const of = mayAct(actor, "admin") && !isLimited(actor) ? null : actor.id;
    // Refused inside the transaction, so that the audit does not say that a session ended.
    await deps.db.transaction(async (tx) => {
      if (!(await endSession(tx, params.id, of))) throw new Problem("session_not_found");
    });
    return null;
  },
});

const endOthers = defineRoute({
  method: "DELETE",
  path: "/api/v1/sessions",
  who: "viewer",
  confinedBy: "nothing",
  name: "endOtherSessions",
  group: "Session",
  summary: "End all own sessions but the one that asks",
  answer: { status: 204, description: "Ended, with their streams." },
  problems: ["foreign_origin"],
  audit: "session.others_ended",
  async handle({ deps, actor, sessionId }) {
    await endOtherSessions(deps.db, actor.id, sessionId);
    return null;
  },
});

export const sessionListRoutes: Route[] = [list, end, endOthers];
