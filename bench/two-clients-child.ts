/**
 * One gateway with two numbers, of the given sources: a process of its own, so that its memory is its own.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const [source = "", graphUrl = ""] = process.argv.slice(2);
const NUMBERS = ["200000000000001", "200000000000002"];

interface Parts {
  createGateway(deps: unknown): (request: unknown, response: unknown) => boolean;
  lookupOfChannelKey(key: string): string;
  systemClock: unknown;
}
const load = (path: string): Promise<Partial<Parts>> => import(new URL(path, source).href);
const { createGateway, lookupOfChannelKey, systemClock } = Object.assign(
  {},
  await load("messaging/gateway/serve-gateway.ts"),
  await load("messaging/keys/channel-key.ts"),
  await load("lib/clock.ts"),
) as Parts;

const holders = new Map(
  NUMBERS.map((numberId) => [
    lookupOfChannelKey(`sandbox-${numberId}`),
    { keyId: `key_${numberId}`, connectionId: "default", numberId },
  ]),
);
const keys = { find: (key: string) => holders.get(lookupOfChannelKey(key)) };
const nothing = (): void => undefined;
const log = { warn: nothing, debug: nothing, info: nothing, error: nothing };
let requestCount = 0;
const gateway = createGateway({
  ...{ clock: systemClock, log, graphUrl, graphVersion: "v25.0", keys },
  // What a version without limits would do as well: the flood is the subject, not its brake.
  keepsThroughput: false,
  gateOf: (phoneNumberId: string) => ({
    ...{ phoneNumberId, connectionId: "default", wabaId: "1" },
    verdict: { decision: "open" },
  }),
  tokenOf: () => "token",
  newRequestId: () => `req_${(requestCount += 1)}`,
  onRefused: nothing,
  onHalfOpen: nothing,
});
const server = createServer((request, response) => void gateway(request, response));
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
process.on("message", () => process.send?.(process.memoryUsage().rss));
