import { z } from "@hono/zod-openapi";
import { readKeyRotation, type KeyRotationStatus } from "../../../credentials/read-key-rotation.ts";
import { beginRotation } from "../../../credentials/rotate-data-keys.ts";
import { SEALED_COLUMNS } from "../../../sealed-columns.ts";
import type { HttpDeps } from "../../kit/http-deps.ts";
import { defineRoute, type Route } from "../../kit/route.ts";
import { Instant } from "../wabas/waba-schema.ts";

const DataKey = z
  .object({
    id: z.string().openapi({ example: "dk_91c2a0d84be6f713" }),
    state: z.enum(["new", "current", "old"]).openapi({
      description:
        "new: to be known by all instances before it is used; current: seals; old: opens what it sealed.",
    }),
    created_at: Instant,
    resealed_at: Instant.nullable().openapi({
      description: "Of an old key: when nothing was sealed with it any more. A day later it is deleted.",
    }),
    wrapped_with: z.enum(["encryption_key", "encryption_key_previous", "another_key"]),
    rows: z.record(z.string(), z.number()).openapi({ description: "How many rows it sealed, by table." }),
  })
  .openapi("DataKey");

const Rotation = z
  .object({
    state: z.enum(["idle", "waiting", "resealing"]).openapi({
      description: "waiting: until all instances know the new key; resealing: rows are sealed with it.",
    }),
    rows_left: z.number(),
    waits_for: z.array(z.string()).openapi({
      description: "Instances that do not know a new key yet, or do not seal with the current one.",
    }),
  })
  .openapi("KeyRotation");

const DataKeys = z.object({ data_keys: z.array(DataKey), rotation: Rotation }).openapi("DataKeys");

const list = defineRoute({
  method: "GET",
  path: "/api/v1/data-keys",
  who: "admin",
  name: "listDataKeys",
  group: "Service",
  summary: "The keys that seal the database, and how far a rotation is",
  description: "Without the keys themselves. It counts rows, so ask seldom.",
  answer: { status: 200, description: "Oldest first.", schema: DataKeys },
  problems: [],
  audit: null,
  handle: ({ deps }) => statusOf(deps),
});

const rotate = defineRoute({
  method: "POST",
  path: "/api/v1/data-keys/rotate",
  who: "admin",
  name: "rotateDataKeys",
  group: "Service",
  summary: "Replace the key that seals the database, while it serves",
  description:
    "The rotation goes on in the background: follow it with `GET /api/v1/data-keys`. While one is under way, the call changes nothing. See docs/guides/rotate-secrets.md.",
  body: z.strictObject({}),
  answer: { status: 200, description: "The keys and the rotation.", schema: DataKeys },
  problems: ["foreign_origin"],
  audit: "data_key.rotated",
  async handle({ deps, act }) {
    const { db, wallClock: clock, dataKeys } = deps;
    const { keyring } = dataKeys;
    await beginRotation({ db, clock, keyring }, (_tx, id) => act.note({ target: { type: "data_key", id } }));
    return statusOf(deps);
  },
});

const statusOf = ({ db, dataKeys }: Pick<HttpDeps, "db" | "dataKeys">): Promise<KeyRotationStatus> =>
  readKeyRotation({ db, keyring: dataKeys.keyring, columns: SEALED_COLUMNS });

export const dataKeyRoutes: readonly Route[] = [list, rotate];
