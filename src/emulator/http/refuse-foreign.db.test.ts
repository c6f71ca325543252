/**
 * S9: no web page drives a sandbox. Requests as Chromium sends them from pages of other sites, over
 * node:http, which lets us say Host.
 */
import { request as send } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSandbox, type TestSandbox } from "../../../test/support/sandbox.ts";

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await openSandbox();
});
afterAll(() => sandbox?.stop());

function ask(
  method: string,
  url: string,
  headers: Record<string, string>,
  body?: string,
): Promise<{ status: number; text: string; headers: Record<string, unknown> }> {
  return new Promise((resolve, reject) => {
    const asked = send(url, { method, headers }, (answer) => {
      let text = "";
      answer.on("data", (chunk: Buffer) => (text += chunk.toString()));
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, text, headers: answer.headers }));
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

const FOREIGN = { Origin: "http://evil.example", "Sec-Fetch-Site": "cross-site" };
const ACTION = JSON.stringify({ action: "partner.remove", waba_id: "100000000000001" });

test.each([
  ["/_emulator/actions", ACTION],
  ["/_emulator/apps", "{}"],
  ["/_emulator/clock", '{"advance_ms":3600000}'],
  ["/_emulator/faults", '{"status":500}'],
  ["/v25.0/100000000000001/subscribed_apps", "override_callback_uri=http://127.0.0.1:1/"],
  ["/world/act", "action=partner.remove"],
])("a page of another site cannot post to %s, neither as text nor as a form", async (path, body) => {
  for (const type of ["text/plain", "application/x-www-form-urlencoded"]) {
    const url = sandbox.emulatorUrl() + path;
    expect((await ask("POST", url, { "Content-Type": type, ...FOREIGN }, body)).status).toBe(403);
    expect((await ask("POST", url, { "Content-Type": type, Origin: "null" }, body)).status).toBe(403);
    expect((await ask("POST", url, { "Content-Type": type, Origin: sandbox.url() }, body)).status).toBe(403);
  }
  expect((await sandbox.waba("100000000000001")).status).toBe("live");
});

test("a page of the emulator's own sends its control calls as JSON; programs need no Origin", async () => {
  const url = `${sandbox.emulatorUrl()}/_emulator/settle`;
  const Origin = sandbox.emulatorUrl();
  expect((await ask("POST", url, { "Content-Type": "text/plain", Origin }, "{}")).status).toBe(415);
  expect((await ask("POST", url, { "Content-Type": "application/json", Origin }, "{}")).status).toBe(200);
  expect((await ask("POST", url, { "Content-Type": "application/x-www-form-urlencoded" }, "{}")).status).toBe(
    200,
  );
});

test("a name that was made to point here (DNS rebinding) reads and writes nothing, at both servers", async () => {
  for (const base of [sandbox.url(), sandbox.emulatorUrl()]) {
    const { port } = new URL(base);
    const Host = `rebind.evil.example:${port}`;
    for (const path of ["/", "/api/v1/about", "/_emulator/state"]) {
      const answer = await ask("GET", base + path, { Host, "X-API-Key": "sandbox-admin-key" });
      expect([path, answer.status]).toEqual([path, 421]);
      expect(answer.text).not.toContain("sandbox-admin-key");
    }
    const written = await ask("POST", `${base}/_emulator/actions`, { Host }, ACTION);
    expect(written.status).toBe(421);
  }
});

test("the emulator's screens stand in no frame and keep to themselves", async () => {
  for (const path of ["/", "/phone/1", "/_emulator/state", "/en_US/sdk.js", "/v25.0/none"]) {
    const { headers } = await ask("GET", sandbox.emulatorUrl() + path, {});
    expect(headers).toMatchObject({
      "x-frame-options": "DENY",
      "x-content-type-options": "nosniff",
      "content-security-policy": expect.stringContaining("frame-ancestors 'none'"),
    });
  }
});
