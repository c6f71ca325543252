import type {
  DeliveryOutcome,
  EndpointBody,
  EndpointChange,
  EventType,
  EventTypeList,
  Lamp,
  WebhookDelivery,
  WebhookEndpoint,
} from "../../api/types.ts";

/** Green only while deliveries succeed. */
export function lampOfEndpoint({
  state,
  failing_since,
}: Pick<WebhookEndpoint, "state" | "failing_since">): Lamp {
  if (state === "disabled") return "red";
  if (failing_since !== null) return "amber";
  return state === "paused" ? "grey" : "green";
}

/** What can be done about a state: the endpoint is paused, or takes events again. */
export const stateActOf = (state: WebhookEndpoint["state"]): "pause" | "resume" | "enable" =>
  (({ enabled: "pause", paused: "resume", disabled: "enable" }) as const)[state];

export const LAMP_OF_DELIVERY: Record<WebhookDelivery["state"], Lamp> = {
  pending: "grey",
  delivered: "green",
  failed: "red",
};

/** When it is tried again; null where it is not, or waits for something else than the time. */
export const nextAttemptOf = (
  { next_attempt_at: at }: Pick<WebhookDelivery, "next_attempt_at">,
  now: number,
) => (at !== null && Date.parse(at) > now ? at : null);

/** A fault of ours counts against nobody. */
export function lampOfOutcome(outcome: DeliveryOutcome): Lamp {
  if (outcome === "delivered") return "green";
  return outcome === "our_fault" ? "amber" : "red";
}

type Listed = EventTypeList["data"][number];

/** The test is sent to each endpoint that asks for it, so nobody has to choose it. */
const TEST = "webhook.test";

/** The types that an endpoint may choose, by what they are about: "waba", "number", … */
export function groupsOf(types: readonly Listed[]): [about: string, types: Listed[]][] {
  const groups = new Map<string, Listed[]>();
  for (const listed of types) {
    const [about = ""] = listed.type.split(".");
    if (listed.type !== TEST) groups.set(about, [...(groups.get(about) ?? []), listed]);
  }
  return [...groups];
}

/** Whether the API lists this type, and so takes it. */
export const isListed = (types: readonly Listed[], name: string): name is EventType =>
  types.some(({ type }) => type === name);

export type HeaderRow = [name: string, value: string];

/**
 * What the form holds. `types` null: all. `tags`: as typed, with commas. `headers` null: those that the
 * endpoint has, whose values nobody sees.
 */
export interface EndpointWish {
  url: string;
  description: string;
  types: string[] | null;
  tags: string;
  clientIds: string[];
  headers: HeaderRow[] | null;
  algorithm: WebhookEndpoint["algorithm"];
}

export const EMPTY_WISH: EndpointWish = {
  ...{ url: "", description: "", types: null, tags: "", clientIds: [] },
  ...{ headers: [], algorithm: "hmac-sha256" },
};

/** The form of an endpoint that is there. */
export const wishOf = (endpoint: WebhookEndpoint): EndpointWish => ({
  ...{ url: endpoint.url, description: endpoint.description, types: endpoint.event_types },
  tags: (endpoint.filter.tags ?? []).join(", "),
  clientIds: endpoint.filter.client_ids ?? [],
  headers: endpoint.header_names.length === 0 ? [] : null,
  algorithm: endpoint.algorithm,
});

/** Whether it is a whole address. The API says whether something may be delivered to it. */
export const isAddress = (text: string): boolean =>
  URL.canParse(text.trim()) && /^https?:$/.test(new URL(text.trim()).protocol);

/** What is sent to make the endpoint; undefined while something is missing. */
export function bodyOf(wish: EndpointWish, types: readonly Listed[]): EndpointBody | undefined {
  const chosen = wish.types?.filter((name) => isListed(types, name)) ?? null;
  if (!isAddress(wish.url) || chosen?.length === 0) return undefined;
  return {
    ...{ url: wish.url.trim(), description: wish.description.trim(), event_types: chosen },
    filter: filterOf(wish),
    headers: headersOf(wish.headers ?? []),
    algorithm: wish.algorithm,
  };
}

/** What is sent to change the endpoint: only what the person changed; undefined while that is nothing. */
export function changeOf(
  endpoint: WebhookEndpoint,
  wish: EndpointWish,
  types: readonly Listed[],
): EndpointChange | undefined {
  const wanted = bodyOf(wish, types);
  const before = bodyOf(wishOf(endpoint), types);
  if (wanted === undefined) return undefined;
  const isChanged = (name: "url" | "description" | "event_types" | "filter"): boolean =>
    JSON.stringify(wanted[name]) !== JSON.stringify(before?.[name]);
  const hadHeaders = endpoint.header_names.length > 0;
  const keepsHeaders =
    wish.headers === null || (!hadHeaders && Object.keys(headersOf(wish.headers)).length === 0);
  const change: EndpointChange = {
    ...(isChanged("url") && { url: wanted.url }),
    ...(isChanged("description") && { description: wish.description.trim() }),
    ...(isChanged("event_types") && { event_types: wanted.event_types ?? null }),
    ...(isChanged("filter") && { filter: filterOf(wish) }),
    ...(!keepsHeaders && { headers: headersOf(wish.headers ?? []) }),
  };
  return Object.keys(change).length === 0 ? undefined : change;
}

function filterOf({ tags, clientIds }: EndpointWish) {
  const wanted = [...new Set(tags.split(",").map((tag) => tag.trim()))].filter((tag) => tag !== "");
  return {
    ...(clientIds.length > 0 && { client_ids: clientIds }),
    ...(wanted.length > 0 && { tags: wanted }),
  };
}

const headersOf = (rows: readonly HeaderRow[]): Record<string, string> =>
  Object.fromEntries(rows.map(([name, value]) => [name.trim(), value]).filter(([name]) => name !== ""));

/** How many types a row names before it only counts. */
const NAMED_TYPES = 3;

/** The first types by name, and how many more there are. */
export const takenOf = (types: readonly string[]): { named: string[]; moreCount: number } =>
  types.length <= NAMED_TYPES + 1
    ? { named: [...types], moreCount: 0 }
    : { named: types.slice(0, NAMED_TYPES), moreCount: types.length - NAMED_TYPES };
