import type { z } from "@hono/zod-openapi";
import type { Delivery } from "../../../delivery/delivery-store.ts";
import type { OpenedEndpoint } from "../../../delivery/endpoint-store.ts";
import { publicKeyOf, writtenKeyOf } from "../../../delivery/webhook-signature.ts";
import { isoOf, isoOrNull } from "../wabas/render-waba.ts";
import type { DeliverySchema, EndpointSchema } from "./endpoint-schema.ts";

/** @param now ms since the epoch: a secret that no longer signs is not shown */
export function renderEndpoint(
  { endpoint, secrets }: OpenedEndpoint,
  now: number,
): z.input<typeof EndpointSchema> {
  const previousUntil = secrets?.previousUntil ?? null;
  const hasPublicKey = endpoint.algorithm === "ed25519" && secrets !== null;
  return {
    id: endpoint.id,
    url: endpoint.url,
    description: endpoint.description,
    event_types: endpoint.eventTypes === null ? null : [...endpoint.eventTypes],
    filter: {
      client_ids: endpoint.clientIds === null ? null : [...endpoint.clientIds],
      tags: endpoint.tags === null ? null : [...endpoint.tags],
    },
    header_names: Object.keys(secrets?.headers ?? {}),
    algorithm: endpoint.algorithm,
    public_key: hasPublicKey ? writtenKeyOf(publicKeyOf(secrets.current)) : null,
    previous_secret_until: previousUntil !== null && previousUntil > now ? isoOf(previousUntil) : null,
    state: endpoint.state,
    disabled_why: endpoint.disabledWhy,
    failing_since: isoOrNull(endpoint.failingSince),
    created_at: isoOf(endpoint.createdAt),
    created_by: endpoint.createdBy,
  };
}

export function renderDelivery(delivery: Delivery): z.input<typeof DeliverySchema> {
  return {
    id: delivery.id,
    endpoint_id: delivery.endpointId,
    event_id: delivery.journalSeq,
    type: delivery.type,
    state: delivery.state,
    failed_count: delivery.attemptCount,
    next_attempt_at: isoOrNull(delivery.nextAttemptAt),
    ended_at: isoOrNull(delivery.endedAt),
    created_at: isoOf(delivery.createdAt),
  };
}
