import { z } from "@hono/zod-openapi";
import { createChannelKey } from "../../../messaging/keys/create-channel-key.ts";
import { readChannelKeysOf } from "../../../messaging/keys/channel-key-store.ts";
import { revokeChannelKey } from "../../../messaging/keys/revoke-channel-key.ts";
import { Problem } from "../../../problems.ts";
import { getNumberView } from "../wabas/get-waba.ts";
import { isoOf } from "../wabas/render-waba.ts";
import { defineRoute, type Route } from "../../kit/route.ts";
import { Instant } from "../wabas/waba-schema.ts";
import { NumberId } from "../wabas/numbers.ts";

const Key = z
  .object({
    id: z.string(),
    label: z.string(),
    hint: z.string().openapi({ description: "The last four characters." }),
    created_at: Instant,
    last_used_at: Instant.nullable().openapi({
      description: "When the key last sent a message, to the hour. Null: never.",
    }),
  })
  .openapi("ChannelKey");

const NewKey = z
  .object({
    id: z.string(),
    key: z.string().openapi({ description: "Shown only once; Sharekeeper keeps only its hash." }),
    label: z.string(),
    created_at: Instant,
  })
  .openapi("NewChannelKey");

const list = defineRoute({
  method: "GET",
  path: "/api/v1/numbers/{id}/keys",
  who: "admin",
  scope: "keys",
  name: "listKeys",
  group: "Numbers",
  summary: "The valid channel keys of a number",
  params: NumberId,
  answer: {
    status: 200,
    description: "Newest first.",
    schema: z.object({ data: z.array(Key) }).openapi("ChannelKeyList"),
  },
  problems: ["number_not_found"],
  audit: null,
  async handle({ deps, params }) {
    const { number } = await getNumberView(deps, params.id);
    const keys = await readChannelKeysOf(deps.db, number.id);
    return { data: keys.filter((key) => key.revokedAt === null).map(renderKey) };
  },
});

const create = defineRoute({
  method: "POST",
  path: "/api/v1/numbers/{id}/keys",
  who: "admin",
  scope: "keys",
  name: "createKey",
  group: "Numbers",
  summary: "Create a channel key, shown once",
  params: NumberId,
  body: z.strictObject({ label: z.string().max(100).default("") }),
  answer: { status: 201, description: "The key.", schema: NewKey },
  problems: ["number_not_found", "foreign_origin"],
  audit: "channel_key.created",
  async handle({ deps, params, body, act }) {
    const { number, view } = await getNumberView(deps, params.id);
    const input = { connectionId: number.connectionId, numberId: number.id, label: body.label };
    const { id, key, label, createdAt } = await createChannelKey(deps, input, (created) =>
      act.note({
        target: { type: "channel_key", id: created.id, wabaId: view.asset.wabaId },
        after: { label: created.label, hint: created.hint, number_id: number.id },
      }),
    );
    return { id, key, label, created_at: isoOf(createdAt) };
  },
});

const revoke = defineRoute({
  method: "DELETE",
  path: "/api/v1/numbers/{id}/keys/{key_id}",
  who: "admin",
  scope: "keys",
  name: "revokeKey",
  group: "Numbers",
  summary: "Revoke a channel key",
  params: NumberId.extend({ key_id: z.string().max(64) }),
  answer: { status: 204, description: "The key is no longer valid." },
  problems: ["number_not_found", "key_not_found", "foreign_origin"],
  audit: "channel_key.revoked",
  async handle({ deps, params, act }) {
    const { number, view } = await getNumberView(deps, params.id);
    const keys = await readChannelKeysOf(deps.db, number.id);
    const key = keys.find(({ id, revokedAt }) => id === params.key_id && revokedAt === null);
    act.note({
      target: { type: "channel_key", id: params.key_id, wabaId: view.asset.wabaId },
      before: key ? { label: key.label, hint: key.hint, number_id: number.id } : null,
    });
    // Asked first, so that the audit does not say that a key of another number was revoked.
    if (key === undefined) throw new Problem("key_not_found", { id: params.key_id });
    const ended = await revokeChannelKey(deps, { numberId: number.id, keyId: params.key_id });
    if (!ended) throw new Problem("key_not_found", { id: params.key_id });
    return null;
  },
});

type KeyRow = Awaited<ReturnType<typeof readChannelKeysOf>>[number];

function renderKey({ id, label, hint, createdAt, lastUsedAt = null }: KeyRow): z.input<typeof Key> {
  return {
    id,
    label,
    hint,
    created_at: isoOf(createdAt),
    last_used_at: lastUsedAt === null ? null : isoOf(lastUsedAt),
  };
}

export const keyRoutes: Route[] = [list, create, revoke];
