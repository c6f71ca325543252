import { connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApp, type TestApp } from "../../../test/support/create-test-app.ts";

let app: TestApp;
let key: string;
beforeAll(async () => {
  app = await createTestApp();
  key = (await app.ask("POST", "/api/v1/numbers/200000000000001/keys", { label: "test" })).body.key;
});
afterAll(() => app.stop());

test.each([
  ["the API", "/api/v1/session", "the client closed the connection"],
  ["the gateway", "/messages", "the sender closed the connection"],
])(
  "S22: a client of %s that disconnects mid-request leaves a debug line and no error",
  async (_what, path, line) => {
    const socket = connect(Number(new URL(app.url).port), "127.0.0.1");
    const head = ["content-type: application/json", `d360-api-key: ${key}`, "content-length: 100"];
    socket.write(`POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n${head.join("\r\n")}\r\n\r\n{"api`);
    await new Promise((resolve) => socket.once("ready", resolve));
    await new Promise((resolve) => socket.write("_", resolve));
    socket.resetAndDestroy();
    await expect.poll(() => app.logged()).toContain(line);
    expect(app.logged()).not.toMatch(/"level":(40|50|60)/);
  },
);
