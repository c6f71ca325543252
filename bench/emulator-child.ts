/**
 * The measured process: an emulator with a world of a given size, or a bare server that answers one constant
 * body.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { startEmulator } from "../src/emulator/start-emulator.ts";
import { fleetSeed } from "../test/support/fleet-seed.ts";

const [kind = "emulator", wabaCount = "14", worldFile = ""] = process.argv.slice(2);

async function startMeasured(): Promise<string> {
  if (kind === "bare") return startBare();
  const emulator = await startEmulator({
    port: 0,
    seed: fleetSeed(Number(wabaCount)),
    ...(worldFile && { worldFile }),
    partnerBusinessId: "734443296905665",
    appId: "600000000000001",
    appSecret: "secret",
    systemUserId: "610000000000001",
    systemUserToken: "EAAsystem",
    verifyToken: "verify",
    callbackUrl: null,
    partnerName: "Provider",
  });
  return emulator.url;
}

/** What Node itself can do on this machine with an answer of the same size. */
async function startBare(): Promise<string> {
  const body = JSON.stringify({
    id: "1",
    name: "Client 1",
    currency: "USD",
    timezone_id: "1",
    message_template_namespace: "n",
  });
  const server = createServer((request, response) => {
    request.resume();
    request.on("end", () => response.writeHead(200, { "content-type": "application/json" }).end(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function memory(): { rss: number; heap: number } {
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  return { rss, heap: heapUsed };
}

const startedAt = performance.now();
const url = await startMeasured();
process.send?.({ url, startMs: performance.now() - startedAt, ...memory() });
process.on("message", () => process.send?.(memory()));
process.on("disconnect", () => process.exit(0));
