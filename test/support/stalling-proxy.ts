import { createServer, connect, type Socket } from "node:net";
import type { AddressInfo } from "node:net";

/**
 * A path between browser and server that can silently drop the event stream, as a NAT or a buffering proxy
 * does, or end.
 */
export interface StallingProxy {
  url: string;
  /** From now on nothing of any event stream reaches the browser; its connections stay open. */
  stallStreams(): void;
  /** Streams that are opened from now on pass again. */
  passStreams(): void;
  /** Every connection ends, and new ones are ended at once. */
  cut(): void;
  stop(): Promise<void>;
}

export async function openStallingProxy(target: string): Promise<StallingProxy> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let stalled = false;
  let isCut = false;
  const server = createServer((browser) => {
    if (isCut) return void browser.destroy();
    const upstream = connect(Number(port), hostname);
    let isStream = false;
    let dropped = false;
    for (const socket of [browser, upstream]) {
      sockets.add(socket);
      socket.on("close", () => {
        sockets.delete(socket);
        browser.destroy();
        upstream.destroy();
      });
      socket.on("error", () => undefined);
    }
    browser.on("data", (bytes) => {
      isStream ||= bytes.toString("latin1").startsWith("GET /api/v1/events/stream");
      upstream.write(bytes);
    });
    upstream.on("data", (bytes) => {
      dropped ||= isStream && stalled;
      if (!dropped) browser.write(bytes);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stallStreams: () => void (stalled = true),
    passStreams: () => void (stalled = false),
    cut() {
      isCut = true;
      for (const socket of sockets) socket.destroy();
    },
    stop() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
