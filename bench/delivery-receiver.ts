/**
 * The receivers of bench/delivery.ts, in a process of its own on 127.0.0.1, each at a port of its own. While
 * the sick are sick, the first of them never answer or break the connection, and the next answer after three
 * seconds. Ends with its parent.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { DEAD_COUNT, ENDPOINTS, SICK_COUNT, SLOW_MS, type Order, type Report } from "./delivery-plan.ts";

let areSick = false;
let delays: number[] = [];
let sickCount = 0;

function receive(nth: number, request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => void chunks.push(chunk));
  request.on("error", () => undefined);
  request.on("end", () => {
    const isSick = nth < SICK_COUNT;
    if (isSick) sickCount += 1;
    else delays.push(Date.now() - timestampIn(Buffer.concat(chunks)));
    const answer = (): void => void response.writeHead(204).end();
    if (!areSick || !isSick) return answer();
    if (nth >= DEAD_COUNT) return void setTimeout(answer, SLOW_MS);
    // Of the dead, every other one never answers; its sender gives up.
    if (nth % 2 === 0) request.socket.destroy();
  });
}

/** When the event happened, from the beginning of its body. */
function timestampIn(body: Buffer): number {
  const [, at = ""] = /"timestamp":"([^"]+)"/.exec(body.subarray(0, 200).toString()) ?? [];
  return Date.parse(at);
}

process.on("message", (order: Order) => {
  if (order.areSick !== undefined) {
    areSick = order.areSick;
    delays = [];
    sickCount = 0;
  }
  const { heapUsed } = process.memoryUsage();
  const report: Report = { healthyCount: delays.length, sickCount, heapUsed };
  process.send?.(order.isEnd === true ? { ...report, delays } : report);
});
process.on("disconnect", () => process.exit(0));

const ports: number[] = [];
for (let nth = 0; nth < ENDPOINTS; nth += 1) {
  const server = createServer((request, response) => receive(nth, request, response)).listen(0, "127.0.0.1");
  await once(server, "listening");
  ports.push((server.address() as AddressInfo).port);
}
process.send?.({ ports });
