/** The measured process: an emulator with a world of a given size, or a bare server that answers one constant body. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { startEmulator } from "../src/emulator/start-emulator.ts";
import type { Seed } from "../src/emulator/start-emulator.ts";

const [kind = "emulator", wabaCount = "14", worldFile = ""] = process.argv.slice(2);

const WABAS_PER_CLIENT = 4;

/** Clients with four WABAs of one number each; every tenth account is a coexistence one. */
function seedOf(count: number): Seed {
  const idOf = (prefix: string, index: number): string => prefix + String(index + 1).padStart(13, "0");
  const clients = Array.from({ length: Math.ceil(count / WABAS_PER_CLIENT) }, (_, client) => ({
    business_id: idOf("51", client),
    name: `Client ${client + 1}`,
    wabas: Array.from(
      { length: Math.min(WABAS_PER_CLIENT, count - client * WABAS_PER_CLIENT) },
      (_, position) => {
        const index = client * WABAS_PER_CLIENT + position;
        return {
          id: idOf("10", index),
          kind: index % 10 === 9 ? ("coexistence" as const) : ("platform" as const),
          numbers: [
            { id: idOf("20", index), display_phone_number: `+1 555 ${String(index).padStart(7, "0")}` },
          ],
        };
      },
    ),
  }));
  return { clients, losses: [] };
}

async function startMeasured(): Promise<string> {
  if (kind === "bare") return startBare();
  const emulator = await startEmulator({
    port: 0,
    seed: seedOf(Number(wabaCount)),
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
