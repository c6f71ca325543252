import { z } from "@hono/zod-openapi";
import { isWithin, type Limits } from "../../../access/actor.ts";
import { getNumberView, contextOf } from "./get-waba.ts";
import { CanSendSchema, NumberPageSchema, type CanSendJson } from "./number-schema.ts";
import { renderCanSend, renderNumberPage } from "./render-number.ts";
import { defineRoute, type Route } from "../../kit/route.ts";
import { Problem } from "../../../problems.ts";
import type { HttpDeps } from "../../kit/http-deps.ts";

export const NumberId = z.object({
  id: z
    .string()
    .max(64)
    .openapi({ example: "200000000000005", description: "Ours (`num_…`) or Meta's phone number id." }),
});

const get = defineRoute({
  method: "GET",
  path: "/api/v1/numbers/{id}",
  who: "viewer",
  name: "getNumber",
  group: "Numbers",
  summary: "One number with its profile and its WABA",
  params: NumberId,
  answer: { status: 200, description: "The number as it is known now.", schema: NumberPageSchema },
  problems: ["number_not_found"],
  audit: null,
  handle: async ({ deps, params }) => renderNumberPage(await getNumberView(deps, params.id), contextOf(deps)),
});

const canSend = defineRoute({
  method: "GET",
  path: "/api/v1/numbers/{id}/can-send",
  who: "viewer",
  scope: "can-send",
  name: "getCanSend",
  group: "Numbers",
  summary: "Whether this number can send, without sending a message",
  params: NumberId,
  answer: { status: 200, description: "The gate's answer.", schema: CanSendSchema },
  problems: ["number_not_found"],
  audit: null,
  handle: async ({ deps, params }) => renderCanSend(await getNumberView(deps, params.id)),
});

const canSendMany = defineRoute({
  method: "POST",
  path: "/api/v1/can-send",
  who: "viewer",
  scope: "can-send",
  confinedBy: "caller",
  name: "listCanSend",
  group: "Numbers",
  summary: "Whether up to 100 numbers can send",
  description: "`not_found` holds the ids that are not known here.",
  body: z.strictObject({ numbers: z.array(z.string().max(64)).max(100) }),
  answer: {
    status: 200,
    description: "The gate's answers, in the order of the request.",
    schema: z.object({ data: z.array(CanSendSchema), not_found: z.array(z.string()) }).openapi("CanSendList"),
  },
  problems: ["foreign_origin"],
  audit: null,
  handle: ({ deps, body, actor }) => readCanSend(deps, body.numbers, actor),
});

export const numberRoutes: Route[] = [get, canSend, canSendMany];

/** The gate's answer for each number, in the order of the request; unknown ids are listed separately. */
async function readCanSend(
  deps: Pick<HttpDeps, "db" | "clock">,
  ids: readonly string[],
  limits: Limits,
): Promise<{ data: CanSendJson[]; not_found: string[] }> {
  const data: CanSendJson[] = [];
  const notFound: string[] = [];
  for (const id of ids) {
    const answer = await findCanSend(deps, id, limits);
    if (answer === undefined) notFound.push(id);
    else data.push(answer);
  }
  return { data, not_found: notFound };
}

async function findCanSend(
  deps: Pick<HttpDeps, "db" | "clock">,
  id: string,
  limits: Limits,
): Promise<CanSendJson | undefined> {
  try {
    const found = await getNumberView(deps, id);
    return isWithin(limits, found.view.asset) ? renderCanSend(found) : undefined;
  } catch (error) {
    if (error instanceof Problem && error.code === "number_not_found") return undefined;
    throw error;
  }
}
