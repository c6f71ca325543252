import type { Logger } from "pino";
import { openMessenger, type Messenger } from "../../client-messages/open-messenger.ts";
import type { Mailer } from "../../mail/open-mailer.ts";
import type { Config } from "../../config/parse-config.ts";
import type { OpenLinkDeps } from "../../recovery/open-reshare-link.ts";
import { linkAddressesOf } from "./link-addresses.ts";

/** What writes to clients. `portOf`: the port that this server listens on; `wake` calls for its next turn. */
export function openClientMessenger(
  deps: Omit<OpenLinkDeps, "reshareLinkLifetimeMs"> & { log: Logger; mailer: Mailer },
  config: Config,
  { portOf, wake }: { portOf: () => number | null; wake: () => void },
): Messenger {
  const { reshareTokens, unsubscribing } = linkAddressesOf(config, portOf);
  const { partnerName, partnerColor, partnerLogoUrl, partnerSupport, reshareLinkLifetimeMs } = config;
  const brand = {
    color: partnerColor ?? null,
    logoUrl: partnerLogoUrl ?? null,
    support: partnerSupport ?? null,
  };
  const sending = {
    ...{ ...deps, reshareLinkLifetimeMs },
    clientRules: { channel: config.clientMessages, reminders: config.clientReminders },
    sender: { partnerName, brand, baseUrl: config.publicUrl ?? null },
    linkUrlOf: reshareTokens.urlOf,
    unsubscribeUrlOf: unsubscribing.urlOf,
  };
  return openMessenger(sending, wake);
}
