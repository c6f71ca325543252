import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import type { IncomingMessage, RequestListener, Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { systemClock } from "../lib/clock.ts";
import { createGraphClient } from "./graph-client.ts";
import type { GraphClient } from "./graph-client.ts";
import { readPages } from "./read-pages.ts";
import { noAnswerCauseOf } from "./wire-fault.ts";

let opened = new AsyncDisposableStack();
afterEach(async () => {
  await opened.disposeAsync();
  opened = new AsyncDisposableStack();
});

async function metaAnswering(listener: RequestListener): Promise<string> {
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  opened.defer(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function clientOf(graphUrl: string, appSecret: string | null = null): GraphClient {
  let instant = 1000;
  const clock = { ...systemClock, now: () => instant++ };
  const client = createGraphClient({ graphUrl, graphVersion: "v25.0", clock, appSecret });
  opened.defer(() => client.close());
  return client;
}

const ask = { method: "GET", path: "/100000000000001", token: "secret-token" } as const;

describe("asking the Graph API", () => {
  it.each([301, 302, 303, 307, 308])(
    "never follows a redirect: %i is no proof, and nobody gets the token",
    async (status) => {
      const asked: string[] = [];
      const elsewhere = await metaAnswering((_request, response) => {
        asked.push("elsewhere");
        response.end('{"id":"100000000000001"}');
      });
      const url = await metaAnswering((request, response) => {
        asked.push(request.url ?? "");
        response.writeHead(status, { Location: `${elsewhere}/v25.0/100000000000001` }).end();
      });
      expect((await clientOf(url).ask(ask)).kind).toBe("no_answer");
      expect(asked).toEqual(["/v25.0/100000000000001"]);
    },
  );

  it("sends the version, the query, the token in its header and the proof of the app secret", async () => {
    const seen: IncomingMessage[] = [];
    const url = await metaAnswering((request, response) => {
      seen.push(request);
      response.end('{"id":"100000000000001"}');
    });
    const reply = await clientOf(url, "app-secret").ask({ ...ask, query: { fields: "id,name" } });
    const proof = createHmac("sha256", "app-secret").update("secret-token").digest("hex");
    expect(seen[0]?.url).toBe(`/v25.0/100000000000001?fields=id%2Cname&appsecret_proof=${proof}`);
    expect(seen[0]?.headers.authorization).toBe("Bearer secret-token");
    expect(reply).toEqual({
      request: { method: "GET", path: "/100000000000001" },
      askedAt: 1000,
      answeredAt: 1001,
      kind: "success",
      status: 200,
      body: { id: "100000000000001" },
      usage: null,
    });
    expect(JSON.stringify(reply)).not.toContain("secret");
  });

  it("writes a body as JSON", async () => {
    let written = "";
    const url = await metaAnswering((request, response) => {
      request.on("data", (chunk: Buffer) => (written += chunk.toString()));
      request.on("end", () =>
        response.end(JSON.stringify({ type: request.headers["content-type"], method: request.method })),
      );
    });
    const reply = await clientOf(url).ask({ ...ask, method: "POST", body: { tasks: ["MANAGE"] } });
    expect(written).toBe('{"tasks":["MANAGE"]}');
    expect(reply).toMatchObject({ body: { type: "application/json", method: "POST" } });
  });

  it("reports Meta's refusal", async () => {
    const url = await metaAnswering((_request, response) => {
      response
        .writeHead(400)
        .end('{"error":{"message":"Unsupported get request.","code":100,"error_subcode":33}}');
    });
    expect(await clientOf(url).ask(ask)).toMatchObject({
      kind: "refusal",
      status: 400,
      fault: { code: 100, subcode: 33 },
    });
  });

  it("reports that Meta was not reached", async () => {
    expect(await clientOf("http://127.0.0.1:1").ask(ask)).toMatchObject({
      kind: "no_answer",
      cause: "no_network",
      status: null,
    });
  });

  it("reports a timeout, before the answer and in the middle of it", async () => {
    const mute = await metaAnswering(() => undefined);
    expect(await clientOf(mute).ask({ ...ask, timeoutMs: 30 })).toMatchObject({
      kind: "no_answer",
      cause: "timeout",
    });
    const slow = await metaAnswering((_request, response) => void response.write('{"data":['));
    expect(await clientOf(slow).ask({ ...ask, timeoutMs: 60 })).toMatchObject({
      kind: "no_answer",
      cause: "timeout",
    });
  });

  it("reports a broken connection", async () => {
    const reset = await metaAnswering((request) => request.socket.destroy());
    expect(await clientOf(reset).ask(ask)).toMatchObject({ kind: "no_answer", cause: "broken" });
    const cut = await metaAnswering((_request, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write('{"data":[', () => response.destroy());
    });
    expect(await clientOf(cut).ask(ask)).toMatchObject({ kind: "no_answer", cause: "broken" });
  });

  it("reports an answer that is not HTTP, or too large", async () => {
    const garbage = await metaAnswering((request) => request.socket.end("SSH-2.0-OpenSSH_9.2\r\n\r\n"));
    expect(await clientOf(garbage).ask(ask)).toMatchObject({ kind: "no_answer", cause: "malformed" });
    const huge = await metaAnswering((_request, response) => response.end(Buffer.alloc(9 * 1024 * 1024, 32)));
    expect(await clientOf(huge).ask(ask)).toMatchObject({
      kind: "no_answer",
      cause: "malformed",
      status: 200,
    });
  });

  it("never throws, not even for a token that cannot be written", async () => {
    const url = await metaAnswering((_request, response) => response.end("{}"));
    expect(await clientOf(url).ask({ ...ask, token: "with\nbreak" })).toMatchObject({
      kind: "no_answer",
      cause: "no_network",
    });
  });

  it("counts an invalid certificate as Meta not reached", () => {
    const error = Object.assign(new Error("expired"), { code: "CERT_HAS_EXPIRED" });
    expect(noAnswerCauseOf(error, false)).toEqual({ cause: "no_network", detail: "CERT_HAS_EXPIRED" });
    expect(noAnswerCauseOf("thrown text", false)).toMatchObject({ cause: "broken" });
  });
});

describe("reading a list to its end", () => {
  const page = (id: string, after?: string): string =>
    JSON.stringify({
      data: [{ id }],
      paging: {
        cursors: { after: after ?? "last" },
        ...(after ? { next: "http://evil/?access_token=t" } : {}),
      },
    });

  it("follows the cursor, never the address in next", async () => {
    const url = await metaAnswering((request, response) => {
      const after = new URL(request.url ?? "", "http://meta").searchParams.get("after");
      response.end(after === null ? page("1", "c1") : after === "c1" ? page("2", "c2") : page("3"));
    });
    const list = await readPages(clientOf(url), ask);
    expect(list).toMatchObject({
      kind: "complete",
      items: [{ id: "1" }, { id: "2" }, { id: "3" }],
      askedAt: 1000,
    });
  });

  it("proves nothing when a page fails", async () => {
    const url = await metaAnswering((request, response) => {
      response.end(request.url?.includes("after") ? "<html>" : page("1", "c1"));
    });
    expect(await readPages(clientOf(url), ask)).toMatchObject({
      kind: "stopped",
      items: [{ id: "1" }],
      reply: { cause: "malformed" },
    });
  });

  it.each([
    ["a list that goes in circles", page("1", "same")],
    ["an answer without a list", '{"success":true}'],
    ["a next without a cursor", '{"data":[],"paging":{"next":"http://x"}}'],
  ])("stops at %s", async (_what, body) => {
    const url = await metaAnswering((_request, response) => response.end(body));
    expect(await readPages(clientOf(url), ask)).toMatchObject({
      kind: "stopped",
      reply: { kind: "no_answer", cause: "malformed" },
    });
  });
});
