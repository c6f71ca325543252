import type { Config } from "../../config/parse-config.ts";
import { openAllowedNetworks } from "../../delivery/allowed-networks.ts";
import { createDeliverer } from "../../delivery/deliver-webhooks.ts";
import { openWebhookWire } from "../../delivery/open-webhook-wire.ts";
import type { RecordAttemptsDeps } from "../../delivery/record-attempts.ts";
import type { Keyring } from "../../lib/keyring.ts";
import { renderOutbound, type ReadMessages } from "../api/events/render-outbound.ts";
import { contextOf } from "../api/wabas/get-waba.ts";
import type { HttpDeps, HttpSettings } from "../kit/http-deps.ts";
import { httpSettingsOf } from "./http-settings.ts";

interface Opened extends Pick<HttpDeps, "deliverer" | "webhookNetworks"> {
  /** Waits for the attempts under way, then closes the connections. */
  close(): Promise<void>;
}

/** The deliverer of events, which renders them as the API does. `wake` calls for its next turn. */
export function openDeliverer(
  deps: RecordAttemptsDeps & { keyring: Keyring },
  config: Config,
  world: Pick<HttpSettings, "version" | "hubDir" | "sandbox">,
  { wake, readMessages }: { wake: () => void; readMessages: ReadMessages },
): Opened {
  const { db, clock } = deps;
  const settings = httpSettingsOf(config, world);
  const webhookNetworks = openAllowedNetworks(config.webhookAllowedNetworks);
  const wire = openWebhookWire({ clock, networks: webhookNetworks });
  const renderEvents = renderOutbound(db, () => contextOf({ settings, clock }), readMessages);
  const deliverer = createDeliverer({ ...deps, wire, renderEvents, wake });
  return {
    ...{ deliverer, webhookNetworks },
    async close() {
      await deliverer.drain();
      await wire.close();
    },
  };
}
