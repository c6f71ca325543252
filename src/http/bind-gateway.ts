import type { Logger } from "pino";
import { createGateway, type Gateway, type RefusedMessage } from "../messaging/serve-gateway.ts";
import type { OpenChannelKeys } from "../messaging/open-channel-keys.ts";
import type { GateCache } from "../sharing/gate-cache.ts";
import type { Act } from "../sharing/observe-act.ts";
import { recordObservation, SYSTEM } from "../sharing/record-observation.ts";
import type { VerifyDeps } from "../sharing/verify-share.ts";
import type { Metrics } from "./metrics.ts";
import { requestIdOf } from "./request-id.ts";

export interface GatewayBinding extends VerifyDeps {
  log: Logger;
  gate: GateCache;
  channelKeys: OpenChannelKeys;
  metrics: Pick<Metrics, "countMessage">;
  graphUrl: string;
  graphVersion: string;
}

/** Refusals of Meta come in floods when a client's list is bad: one look answers for all of them within this time. */
const SUSPICION_GAP_MS = 2000;

/** The gateway, with the gate in memory before it and the heart behind it: what Meta answered to a message is handed on as evidence. */
export function bindGateway(deps: GatewayBinding): Gateway {
  const suspectedAt = new Map<string, number>();
  const record = (numberId: string, act: Act): void => {
    const assetId = deps.gate.find(numberId)?.assetId;
    if (assetId === undefined) return;
    recordObservation(deps, { assetId, observe: { type: "act", act }, note: null, by: SYSTEM }).catch(
      (error: unknown) =>
        deps.log.error({ err: error, numberId, act: act.kind }, "what a message told us was not recorded"),
    );
  };
  const suspect = ({ numberId }: RefusedMessage): void => {
    const now = deps.clock.now();
    const last = suspectedAt.get(numberId) ?? -Infinity;
    // A clock that was set back must not silence suspicion.
    if (last <= now && now - last < SUSPICION_GAP_MS) return;
    suspectedAt.set(numberId, now);
    record(numberId, { kind: "suspicion" });
  };
  return createGateway({
    clock: deps.clock,
    log: deps.log,
    graphUrl: deps.graphUrl,
    graphVersion: deps.graphVersion,
    keys: deps.channelKeys.keys,
    gateOf: (numberId) => deps.gate.find(numberId),
    tokenOf: (connectionId) => deps.accountOf(connectionId)?.token ?? null,
    newRequestId: () => requestIdOf([], deps.random),
    onRefused: suspect,
    onTrial: (numberId, accepted) => record(numberId, { kind: "trial", numberId, accepted }),
    onAccepted: (numberId) => record(numberId, { kind: "trial", numberId, accepted: true }),
    onCount: (count) => deps.metrics.countMessage(count),
  });
}
