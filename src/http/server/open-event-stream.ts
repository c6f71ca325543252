import type { Logger } from "pino";
import type { Config } from "../../config/parse-config.ts";
import type { Database } from "../../database/database.ts";
import { createEventStream, type EventStream } from "../../delivery/streams/create-event-stream.ts";
import { streamSettingsOf } from "../../delivery/streams/event-stream.ts";
import { openPublisher } from "../../delivery/streams/open-publisher.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Random } from "../../lib/random.ts";
import { renderOutbound, type ReadMessages } from "../api/events/render-outbound.ts";
import { contextOf } from "../api/wabas/get-waba.ts";
import type { HttpSettings } from "../kit/http-deps.ts";
import { httpSettingsOf } from "./http-settings.ts";

/**
 * The stream of events to the broker of the settings, which renders them as the API does; null: none is set.
 * `wake` calls for its next turn.
 */
export function openEventStream(
  deps: { db: Database; clock: Clock; random: Random; log: Logger },
  config: Config,
  world: Pick<HttpSettings, "version" | "hubDir" | "sandbox">,
  { wake, readMessages }: { wake: () => void; readMessages: ReadMessages },
): EventStream | null {
  const stream = streamSettingsOf(config);
  if (stream === null) return null;
  const { db, clock } = deps;
  const settings = httpSettingsOf(config, world);
  const renderEvents = renderOutbound(db, () => contextOf({ settings, clock }), readMessages);
  return createEventStream({ ...deps, renderEvents, open: openPublisher, wake }, stream);
}
