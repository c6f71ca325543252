import { useQueryClient } from "@tanstack/react-query";
import {
  everyWebhookDelivery,
  everyWebhookDeliveryList,
  everyWebhookEndpoint,
  everyWebhookEndpointList,
  hasKey,
} from "../../api/query-keys.ts";

const SHOWN = hasKey(
  everyWebhookEndpointList,
  everyWebhookEndpoint,
  everyWebhookDeliveryList,
  everyWebhookDelivery,
);

/** Reads anew what the pages of webhooks show. */
export const useWebhooksAgain = () => {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ predicate: SHOWN });
};
