import type { Logger } from "pino";
import { createGateway, type Gateway } from "../../messaging/gateway/serve-gateway.ts";
import type { Clock } from "../../lib/clock.ts";
import type { OpenChannelKeys } from "../../messaging/keys/open-channel-keys.ts";
import type { ObservedMessages } from "../../messaging/gateway/observed-messages.ts";
import type { ClientTokens } from "../../messaging/gateway/watch-client-tokens.ts";
import type { RefusalWatch } from "../../messaging/gateway/watch-refusals.ts";
import type { WatchedLinks } from "../../recovery/watch-reshare-links.ts";
import type { GateCache } from "../../sharing/gate/gate-cache.ts";
import type { VerifyDeps } from "../../sharing/probe/verify-share.ts";
import type { LinkAddresses } from "../kit/http-deps.ts";
import type { KeyGuard } from "../kit/key-guard.ts";
import type { Metrics } from "../../reports/create-metrics.ts";
import { requestIdOf } from "../kit/request-id.ts";

export interface GatewayBinding extends Pick<VerifyDeps, "clock" | "random" | "accountOf"> {
  keyGuard: Pick<KeyGuard, "failed">;
  answerHeaders: Readonly<Record<string, string>>;
  log: Logger;
  gate: GateCache;
  channelKeys: OpenChannelKeys;
  clientTokens: Pick<ClientTokens, "get">;
  observed: ObservedMessages;
  refusals: RefusalWatch;
  links: Pick<WatchedLinks, "find">;
  reshareTokens: Pick<LinkAddresses, "urlOf">;
  metrics: Pick<Metrics, "countMessage">;
  graphUrl: string;
  graphVersion: string;
  /** THROUGHPUT_LIMITS. */
  throughputLimits: boolean;
  wallClock: Pick<Clock, "now">;
}

/**
 * The gateway, with the gate's cache before it and the core behind it: Meta's answer to a message is passed
 * on as evidence.
 */
export function bindGateway(deps: GatewayBinding): Gateway {
  const { record, refused, accepted } = deps.refusals;
  const clientTokenOf = (assetId: string, numberId: string): string | null => {
    const token = deps.clientTokens.get(assetId) ?? null;
    // A probe asks Meta for it again.
    if (token === null) refused({ numberId, status: 0, code: 190 });
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
    onWrongKey: (request, key) => deps.keyGuard.failed("gateway", request, key),
    answerHeaders: deps.answerHeaders,
    newRequestId: () => requestIdOf([], deps.random),
    onRefused: refused,
    onHalfOpen: (numberId, isAccepted) =>
      record(numberId, { kind: "half_open", numberId, accepted: isAccepted }),
    onAccepted: (numberId) => record(numberId, { kind: "half_open", numberId, accepted: true }),
    onAnswered(numberId, took) {
      if (took === "message") accepted(numberId);
      const entry = deps.gate.find(numberId);
      if (entry !== null && entry.wouldRefuseSince !== null)
        deps.observed.count(entry.assetId, entry.wouldRefuseSince, took !== "nothing");
    },
    onCount: (count) => deps.metrics.countMessage(count),
  });
}
