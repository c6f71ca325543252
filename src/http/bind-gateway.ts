import type { Logger } from "pino";
import { createGateway, type Gateway, type RefusedMessage } from "../messaging/serve-gateway.ts";
import type { Clock } from "../lib/clock.ts";
import type { OpenChannelKeys } from "../messaging/open-channel-keys.ts";
import type { ObservedMessages } from "../messaging/observed-messages.ts";
import type { ClientTokens } from "../messaging/watch-client-tokens.ts";
import { Suspicions } from "../messaging/suspicions.ts";
import type { WatchedLinks } from "../recovery/watch-reshare-links.ts";
import type { GateCache } from "../sharing/gate-cache.ts";
import type { Act } from "../sharing/observe-act.ts";
import { recordObservation, SYSTEM } from "../sharing/record-observation.ts";
import type { VerifyDeps } from "../sharing/verify-share.ts";
import type { LinkAddresses } from "./http-deps.ts";
import type { Metrics } from "./metrics.ts";
import { requestIdOf } from "./request-id.ts";

export interface GatewayBinding extends VerifyDeps {
  log: Logger;
  gate: GateCache;
  channelKeys: OpenChannelKeys;
  clientTokens: Pick<ClientTokens, "find">;
  observed: ObservedMessages;
  links: Pick<WatchedLinks, "find">;
  reshareTokens: Pick<LinkAddresses, "urlOf">;
  metrics: Pick<Metrics, "countMessage">;
  graphUrl: string;
  graphVersion: string;
  /** THROUGHPUT_LIMITS. */
  throughputLimits: boolean;
  wallClock: Pick<Clock, "now">;
}

/** The gateway, with the gate in memory before it and the heart behind it: what Meta answered to a message is handed on as evidence. */
export function bindGateway(deps: GatewayBinding): Gateway {
  const suspicions = new Suspicions(deps.sweepPeriodMs);
  const record = (numberId: string, act: Act): void => {
    const assetId = deps.gate.find(numberId)?.assetId;
    if (assetId === undefined) return;
    recordObservation(deps, { assetId, observe: { type: "act", act }, note: null, by: SYSTEM }).catch(
      (error: unknown) =>
        deps.log.error({ err: error, numberId, act: act.kind }, "what a message told us was not recorded"),
    );
  };
  const suspect = ({
    numberId,
    status,
    code,
  }: Pick<RefusedMessage, "numberId" | "status" | "code">): void => {
    if (suspicions.isNews(`${numberId} ${code ?? status}`, deps.clock.now()))
      record(numberId, { kind: "suspicion" });
  };
  const clientTokenOf = (assetId: string, numberId: string): string | null => {
    const token = deps.clientTokens.find(assetId);
    // A look asks Meta for it again.
    if (token === null) suspect({ numberId, status: 0, code: 190 });
    return token;
  };
  return createGateway({
    clock: deps.clock,
    log: deps.log,
    graphUrl: deps.graphUrl,
    graphVersion: deps.graphVersion,
    keys: deps.channelKeys.keys,
    keepsThroughput: deps.throughputLimits,
    wallNow: () => deps.wallClock.now(),
    gateOf: (numberId) => deps.gate.find(numberId),
    reshareUrlOf(numberId) {
      const assetId = deps.gate.find(numberId)?.assetId;
      const linkId = assetId === undefined ? null : deps.links.find(assetId);
      return linkId === null ? null : deps.reshareTokens.urlOf(linkId);
    },
    tokenOf(connectionId, numberId) {
      const entry = deps.gate.find(numberId);
      if (entry?.sendsWith === "client") return clientTokenOf(entry.assetId, numberId);
      return deps.accountOf(connectionId)?.token ?? null;
    },
    newRequestId: () => requestIdOf([], deps.random),
    onRefused: suspect,
    onTrial: (numberId, accepted) => record(numberId, { kind: "trial", numberId, accepted }),
    onAccepted: (numberId) => record(numberId, { kind: "trial", numberId, accepted: true }),
    onAnswered(numberId, accepted) {
      const entry = deps.gate.find(numberId);
      if (entry !== null && entry.wouldRefuseSince !== null)
        deps.observed.count(entry.assetId, entry.wouldRefuseSince, accepted);
    },
    onCount: (count) => deps.metrics.countMessage(count),
  });
}
