import { connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openHttpHouse, type HttpHouse } from "../../../test/support/http-app.ts";

let house: HttpHouse;
let key: string;
beforeAll(async () => {
  house = await openHttpHouse();
  key = (await house.ask("POST", "/api/v1/numbers/200000000000001/keys", { label: "test" })).body.key;
});
afterAll(() => house.stop());

test.each([
  ["the API", "/api/v1/session", "the client went away"],
  ["the gateway", "/messages", "the sender went away"],
])(
  "S22: a client of %s that goes away mid-request leaves a debug line and no error",
  async (_what, path, line) => {
    const socket = connect(Number(new URL(house.url).port), "127.0.0.1");
    const head = ["content-type: application/json", `d360-api-key: ${key}`, "content-length: 100"];
    socket.write(`POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n${head.join("\r\n")}\r\n\r\n{"api`);
    await new Promise((resolve) => socket.once("ready", resolve));
    await new Promise((resolve) => socket.write("_", resolve));
    socket.resetAndDestroy();
    await expect.poll(() => house.logged()).toContain(line);
    expect(house.logged()).not.toMatch(/"level":(40|50|60)/);
  },
);
