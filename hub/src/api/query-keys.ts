import { partialMatchKey, type Query, type QueryKey } from "@tanstack/react-query";

/**
 * The generated key of a query is one object: the operation's id, its path and its parameters. A part of the
 * object names all queries that have this part.
 */
type Operation = keyof typeof import("./generated/sdk.gen.ts");

const everyOf = (operation: Operation) => [{ _id: operation }] as const;

export const everyAlert = everyOf("getAlert");
export const everyAlertList = everyOf("listAlerts");
export const everyClientMessageList = everyOf("listClientMessages");
export const everyWaba = everyOf("getWaba");
export const everyNumber = everyOf("getNumber");
export const everySignupList = everyOf("listSignups");
export const everyWebhookEndpointList = everyOf("listWebhookEndpoints");
export const everyWebhookEndpoint = everyOf("getWebhookEndpoint");
export const everyWebhookDeliveryList = everyOf("listWebhookDeliveries");
export const everyWebhookDelivery = everyOf("getWebhookDelivery");
export const everySignupOutcomes = everyOf("getSignupOutcomes");
/** Lists with pages; the palette reads short lists of its own. */
export const everyWabaList = [{ ...everyOf("listWabas")[0], _infinite: true }] as const;

/** Whether the query has one of these keys, or contains them. */
export const hasKey =
  (...keys: QueryKey[]) =>
  ({ queryKey }: Pick<Query, "queryKey">): boolean =>
    keys.some((key) => partialMatchKey(queryKey, key));
