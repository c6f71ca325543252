import { z } from "@hono/zod-openapi";
import { MESSAGE_KINDS, TOPICS } from "../../../client-messages/client-message.ts";
import { DISABLED_WHYS, ENDPOINT_STATES } from "../../../delivery/endpoint.ts";
import { EVENT_TYPES, QUIET_TYPES, subjectOf, type EventType } from "../../../delivery/event-types.ts";
import { Instant, Reason, WabaSchema } from "../wabas/waba-schema.ts";
import { exampleOf } from "./example-event.ts";

const Id = z.string().openapi({
  description: "Of an event of a WABA its id in `GET /events`; else the id of this delivery.",
});

const ClientMessage = z
  .object({
    id: z.string(),
    topic: z.enum(TOPICS),
    kind: z.enum(MESSAGE_KINDS),
    cause: z.string(),
    language: z.string(),
    subject: z.string(),
    text: z.string(),
    contacts: z
      .array(
        z.object({
          name: z.string(),
          email: z.string().nullable(),
          phone: z.string().nullable(),
          language: z.string().nullable(),
        }),
      )
      .openapi({ description: "The client's contacts, in the order of preference." }),
    wabas: z.array(z.object({ name: z.string(), link: z.string(), expires_at: Instant })),
  })
  .openapi("RequestedClientMessage");

const WabaData = z
  .object({
    id: Id,
    sequence: z.int().openapi({
      description: "Counts per WABA: an event with a lower one than the last is old.",
    }),
    waba: WabaSchema,
    changed: z.array(z.string()),
    number_id: z.string().optional().openapi({ description: "Set when it is about one number." }),
    client_message: ClientMessage.optional().openapi({
      description: "Of `client_message.requested`: what you are asked to send. Its links are keys to a page.",
    }),
  })
  .openapi("WabaEventData");

const EndpointData = z
  .object({
    id: Id,
    endpoint: z.object({
      id: z.string(),
      url: z.string().openapi({ description: "Without its query." }),
      description: z.string(),
      state: z.enum(ENDPOINT_STATES),
      disabled_why: z.enum(DISABLED_WHYS).nullable(),
      failing_since: Instant.nullable(),
    }),
    percent: z.int().openapi({ description: "How much of the time has passed after which it is disabled." }),
  })
  .openapi("EndpointEventData");

const IncidentData = z
  .object({
    id: Id,
    incident: z.object({
      id: z.string(),
      connection: z.string(),
      about: z
        .enum(["meta", "provider"])
        .openapi({ description: "The cause: Meta, or our token, app or network." }),
      reason: Reason,
      opened_at: Instant,
      ended_at: Instant.nullable(),
      ended_why: z.enum(["recovered", "losses_confirmed"]).nullable(),
      probed: z.int().openapi({ description: "WABAs that were probed when it opened." }),
      troubled: z.int().openapi({ description: "Of these, the ones that failed." }),
      most_troubled: z.int(),
      confirmed: z.int().openapi({ description: "WABAs that proved to be lost." }),
    }),
  })
  .openapi("IncidentEventData");

const SignupData = z
  .object({
    id: Id,
    signup: z.object({
      id: z.string(),
      connection: z.string(),
      state: z.enum(["invited", "opened", "signed", "proving", "ready", "abandoned"]),
      flow: z.enum(["platform", "coexistence", "hosted"]),
      external_id: z.string().nullable(),
      metadata: z.record(z.string(), z.unknown()),
      waba_id: z.string().nullable().openapi({ description: "Null: no WABA came." }),
      exit_reason: z.string().nullable().openapi({ example: "left", description: "How the attempt ended." }),
      meta_message: z.string().nullable(),
    }),
  })
  .openapi("SignupEventData");

const TestData = z.object({ id: Id }).openapi("TestEventData");

const DATA = {
  ...{ waba: WabaData, endpoint: EndpointData, incident: IncidentData, signup: SignupData },
  nothing: TestData,
};

/** The body of an event of this type, as an endpoint receives it. */
export function outboundSchemaOf(type: EventType): z.ZodObject {
  return z.object({ type: z.literal(type), timestamp: Instant, data: DATA[subjectOf(type)] });
}

const EXAMPLE = { id: "msg_0123456789abcdefghjk", at: Date.parse("2026-11-29T09:30:00.000Z") };

/** A type of event, for `GET /event-types` and for the `webhooks` of the document. */
export interface OutboundType {
  type: EventType;
  meaning: string;
  isQuiet: boolean;
  schema: z.ZodObject;
  example: object;
}

/** The catalogue, in its order. */
export const OUTBOUND_TYPES: readonly OutboundType[] = (Object.keys(EVENT_TYPES) as EventType[]).map(
  (type) => ({
    ...{ type, meaning: EVENT_TYPES[type], isQuiet: QUIET_TYPES.includes(type) },
    ...{ schema: outboundSchemaOf(type), example: exampleOf(type, EXAMPLE) },
  }),
);
