/**
 * H1: what a command prints arrives whole in a pipe, however slowly it is read; a reader that has seen enough
 * is no failure.
 */
import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
const SMALL_BYTES = 4096;

/** An API whose list of WABAs is longer than a pipe holds. */
const WABAS = Array.from({ length: 100 }, (_, index) => ({ id: String(index), text: "x".repeat(5000) }));
let api: Server;
let url: string;
beforeAll(async () => {
  api = createServer((_request, response) =>
    response.end(JSON.stringify({ data: WABAS, has_more: false, next_cursor: null })),
  );
  await once(api.listen(0, "127.0.0.1"), "listening");
  url = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
});
afterAll(() => {
  api.closeAllConnections();
  api.close();
});

type Piped = ChildProcessByStdio<null, Readable, Readable>;

function start(...args: string[]): Piped {
  const env = { PATH: process.env.PATH, PUBLIC_URL: url };
  return spawn(process.execPath, [MAIN, ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
}

/** Reads a little, lets the other side run, reads on. */
async function readSlowly(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    for (let from = 0; from < chunk.length; from += SMALL_BYTES) {
      chunks.push(chunk.subarray(from, from + SMALL_BYTES));
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  return Buffer.concat(chunks).toString("utf8");
}

test.each([[["openapi"]], [["list", "--json", "--limit", "100"]]])("%j arrives whole", async (args) => {
  const command = start(...args);
  const ended = once(command, "exit");
  const text = await readSlowly(command.stdout);
  expect(text.length).toBeGreaterThan(400_000);
  expect(() => JSON.parse(text) as unknown).not.toThrow();
  expect(await ended).toEqual([0, null]);
});

test("a reader that leaves after the first lines ends it quietly", async () => {
  const command = start("openapi");
  let stderr = "";
  command.stderr.on("data", (chunk: Buffer) => void (stderr += chunk.toString()));
  const ended = once(command, "close");
  await once(command.stdout, "data");
  command.stdout.destroy();
  expect(await ended).toEqual([0, null]);
  expect(stderr).toBe("");
});
