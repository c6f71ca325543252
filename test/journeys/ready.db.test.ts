/** `/readyz` of a sandbox: it is not ready before the keys of its world work. */
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { afterAll, expect, test } from "vitest";
import { call } from "../support/http-call.ts";
import { GREETING, openSandbox, type TestSandbox } from "../support/sandbox.ts";

let app: TestSandbox | undefined;
afterAll(() => app?.stop());

/** Free a moment ago: the address must be known before the server that is asked has said it. */
async function findFreePort(): Promise<number> {
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(0, "127.0.0.1", resolve));
  const { port } = holder.address() as AddressInfo;
  await new Promise((resolve) => holder.close(resolve));
  return port;
}

const LIVE_NUMBER = "200000000000001";

test("a sandbox is ready only when its keys work", async () => {
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const seen: { ready: number; sent: number }[] = [];
  const starting = openSandbox({ PORT: String(port) }).then((opened) => (app = opened));
  const askBoth = async (): Promise<{ ready: number; sent: number }> => {
    const ready = (await call("GET", `${url}/readyz`)).status;
    const key = { "D360-API-KEY": `sandbox-${LIVE_NUMBER}` };
    return { ready, sent: (await call("POST", `${url}/messages`, GREETING, key)).status };
  };
  for (let isStarted = false; !isStarted;) {
    const both = await askBoth().catch(() => undefined);
    if (both !== undefined) seen.push(both);
    isStarted = await Promise.race([starting.then(() => true), pause()]);
  }
  seen.push(await askBoth());
  expect(seen.filter(({ ready, sent }) => ready === 200 && sent !== 200)).toEqual([]);
  // It was asked while it was not ready yet, and its keys did not work then.
  expect(seen).toContainEqual({ ready: 503, sent: 401 });
  expect(seen.at(-1)).toEqual({ ready: 200, sent: 200 });
});

const pause = (): Promise<false> => new Promise((resolve) => setTimeout(() => resolve(false), 10));
