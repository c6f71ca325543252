import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { systemClock } from "../lib/clock.ts";
import { openAllowedNetworks } from "./allowed-networks.ts";
import { openWebhookWire, type WebhookWire, type WebhookWireOptions } from "./open-webhook-wire.ts";

const LOOPBACK = openAllowedNetworks(["127.0.0.0/8"]);
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

function wireOf(options: Partial<WebhookWireOptions> = {}): WebhookWire {
  const wire = openWebhookWire({ clock: systemClock, networks: LOOPBACK, ...options });
  closing.push(() => wire.close());
  return wire;
}

/** A receiver on this machine; returns its port. */
async function receiver(listener: RequestListener): Promise<number> {
  const server: Server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}
const request = (url: string) => ({ url, headers: { "x-own": "1" }, body: '{"a":1}' });

test("sends the body and the headers, and logs the answer", async () => {
  const seen: unknown[] = [];
  const port = await receiver(async (incoming, response) => {
    const body = (await incoming.toArray()).join("");
    seen.push([incoming.method, incoming.url, incoming.headers["x-own"], body]);
    response.writeHead(202, { "x-answer": "yes" }).end("thanks\0");
  });
  const attempt = await wireOf().send(request(`http://127.0.0.1:${port}/hook?of=us`));
  expect(seen).toEqual([["POST", "/hook?of=us", "1", '{"a":1}']]);
  expect(attempt).toMatchObject({ outcome: "delivered", status: 202, answerBody: "thanks\uFFFD" });
  expect(attempt.answerHeaders).toMatchObject({ "x-answer": "yes" });
});

test("a receiver that never answers is a timeout", async () => {
  const port = await receiver(() => undefined);
  const attempt = await wireOf({ timeoutMs: 60 }).send(request(`http://127.0.0.1:${port}/`));
  expect(attempt).toMatchObject({ outcome: "timeout", status: null });
});

test("twenty requests that hang hold up no other to the same address", async () => {
  const port = await receiver((incoming, response) => {
    if (incoming.url === "/well") response.writeHead(204).end();
  });
  const wire = wireOf();
  const hanging = Array.from({ length: 20 }, () => wire.send(request(`http://127.0.0.1:${port}/hangs`)));
  const attempt = await wire.send(request(`http://127.0.0.1:${port}/well`));
  expect(attempt).toMatchObject({ outcome: "delivered", status: 204 });
  await wire.close();
  await Promise.all(hanging);
});

test("of an endless answer only the beginning is read, and its status counts", async () => {
  let isGone = false;
  const port = await receiver((_incoming, response) => {
    response.writeHead(200);
    const more = (): void => void (response.write("x".repeat(65_536)) ? setImmediate(more) : null);
    response.on("drain", more).on("close", () => (isGone = true));
    more();
  });
  const attempt = await wireOf().send(request(`http://127.0.0.1:${port}/`));
  expect(attempt).toMatchObject({ outcome: "delivered", answerBody: "x".repeat(4096) });
  await expect.poll(() => isGone).toBe(true);
});

test("an answer whose body never ends counts by its status", async () => {
  const port = await receiver((_incoming, response) => void response.writeHead(200).write("half"));
  const attempt = await wireOf({ timeoutMs: 60 }).send(request(`http://127.0.0.1:${port}/`));
  expect(attempt).toMatchObject({ outcome: "delivered", answerBody: "half" });
});

test("a redirect is a failure, and is not followed", async () => {
  let asked = 0;
  const inside = await receiver((_incoming, response) => {
    asked += 1;
    response.end();
  });
  const port = await receiver((_incoming, response) => {
    response.writeHead(307, { location: `http://127.0.0.1:${inside}/latest/meta-data` }).end();
  });
  const attempt = await wireOf().send(request(`http://127.0.0.1:${port}/`));
  expect([attempt.outcome, attempt.status, asked]).toEqual(["redirected", 307, 0]);
});

test("nothing is sent to an address inside", async () => {
  let asked = 0;
  const port = await receiver((_incoming, response) => {
    asked += 1;
    response.end();
  });
  const wire = wireOf({ networks: openAllowedNetworks([]) });
  for (const host of ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433"])
    expect([host, (await wire.send(request(`https://${host}:${port}/`))).outcome]).toEqual([
      host,
      "address_not_allowed",
    ]);
  expect(asked).toBe(0);
});

test("a name is judged at each connection: one that moved inside reaches nothing", async () => {
  const port = await receiver((_incoming, response) => {
    response.setHeader("Connection", "close").end();
  });
  const answers = ["127.0.0.1", "10.0.0.1"];
  const wire = wireOf({
    resolve: (_host, done) => done(null, [{ address: answers.shift() ?? "10.0.0.1", family: 4 }]),
  });
  const url = `http://receiver.example:${port}/`;
  expect((await wire.send(request(url))).outcome).toBe("delivered");
  const moved = await wire.send(request(url));
  expect(moved.outcome).toBe("address_not_allowed");
  expect(moved.detail).toContain("10.0.0.1");
});

test("a name with one address inside is refused whole", async () => {
  const addresses = [
    { address: "127.0.0.1", family: 4 },
    { address: "169.254.169.254", family: 4 },
  ];
  const wire = wireOf({ resolve: (_host, done) => done(null, addresses) });
  expect((await wire.send(request("http://receiver.example:9/"))).outcome).toBe("address_not_allowed");
});

test("a name server that does not answer is our fault; a closed port is the receiver's", async () => {
  const error = Object.assign(new Error("getaddrinfo EAI_AGAIN"), { code: "EAI_AGAIN" });
  const wire = wireOf({ resolve: (_host, done) => done(error, []) });
  expect((await wire.send(request("https://receiver.example/"))).outcome).toBe("our_fault");
  const port = await receiver(() => undefined);
  for (const close of closing.splice(1)) await close();
  expect((await wireOf().send(request(`http://127.0.0.1:${port}/`))).outcome).toBe("unreachable");
});
