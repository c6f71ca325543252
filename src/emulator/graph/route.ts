/** How the Graph API's doors are written down: method and edge of a kind of node, and what answers. */
import type { EmulatorContext } from "../context/emulator-context.ts";
import type { World } from "../world/world.ts";
import type { Caller } from "./access.ts";
import type { GraphAnswer, GraphRequest } from "./request.ts";

/** One call, with everything a handler needs. */
export interface GraphCall {
  context: EmulatorContext;
  world: World;
  request: GraphRequest;
  caller: Caller;
  /** The node named in the path. */
  id: string;
  now: number;
}

export interface GraphRoute {
  method: "GET" | "POST" | "DELETE";
  /** "" is the node itself. */
  edge: string;
  /** Where the behaviour is known from. */
  source: string;
  /** True: every answered call counts against the WABA's hourly limit. */
  counted?: true;
  /** What the token must carry. Default: `whatsapp_business_management`; null: nothing. */
  scope?: "whatsapp_business_messaging" | "business_management" | null;
  handle: (call: GraphCall) => GraphAnswer | Promise<GraphAnswer>;
}

/** The address of a further page: as the caller called, with its token, as Meta does. */
export function linkOf(call: GraphCall): (params: Record<string, string>) => string {
  return (params) => {
    const { after: _after, before: _before, ...kept } = call.request.query;
    const query = new URLSearchParams({ ...kept, access_token: call.caller.token.token, ...params });
    const path = `/${call.request.version}/${call.request.segments.join("/")}`;
    return `${call.request.origin}${path}?${query.toString()}`;
  };
}
