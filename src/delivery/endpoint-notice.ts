import { addressOf, type Endpoint } from "./endpoint.ts";

/** What is told of an endpoint to the others. */
export const ENDPOINT_NOTICES = ["endpoint.failing", "endpoint.disabled", "endpoint.recovered"] as const;
export type EndpointNotice = (typeof ENDPOINT_NOTICES)[number];

/** The body of the event. `percent`: how much of the time has passed after which it is disabled. */
export function noticeOf(
  type: EndpointNotice,
  endpoint: Endpoint,
  { id, at, percent }: { id: string; at: number; percent: number },
): object {
  return {
    type,
    timestamp: new Date(at).toISOString(),
    data: {
      id,
      endpoint: {
        id: endpoint.id,
        url: addressOf(endpoint),
        description: endpoint.description,
        state: endpoint.state,
        disabled_why: endpoint.disabledWhy,
        failing_since: endpoint.failingSince === null ? null : new Date(endpoint.failingSince).toISOString(),
      },
      percent,
    },
  };
}
