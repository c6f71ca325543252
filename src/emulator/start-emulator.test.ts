import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { settingsFor, startHarness, startReceiver, SYSTEM_TOKEN } from "../../test/wire/emulator-harness.ts";
import type { Harness, Receiver } from "../../test/wire/emulator-harness.ts";
import { startEmulator } from "./start-emulator.ts";
import type { EmulatorSettings } from "./start-emulator.ts";

const FLORIST = "100000000000001";
const CYCLES = "100000000000004";

let directory: string;
let running: { stop(): Promise<void> }[];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "emulator-"));
  running = [];
});
afterEach(async () => {
  for (const each of running) await each.stop();
  rmSync(directory, { recursive: true, force: true });
});

async function started(rest: Partial<EmulatorSettings> = {}): Promise<Harness> {
  const harness = await startHarness(rest);
  running.push(harness);
  return harness;
}

async function stopped(harness: Harness): Promise<void> {
  running.splice(running.indexOf(harness), 1);
  await harness.stop();
}

describe("the stages of the seed", () => {
  test("before the losses everything stands; they are played once, with their webhooks", async () => {
    const harness = await started({ seedStage: "before_losses" });
    expect((await harness.graph("GET", `/v25.0/${CYCLES}`)).status).toBe(200);
    expect(harness.emulator.lossesPlayed).toBe(false);
    await harness.emulator.playLosses();
    await harness.emulator.playLosses();
    expect(harness.emulator.lossesPlayed).toBe(true);
    const values = harness.receiver.received.map(({ json }) => json.entry[0].changes[0].value);
    expect(values.map((value) => [value.event, value.waba_info.waba_id])).toEqual([
      ["PARTNER_REMOVED", CYCLES],
      ["PARTNER_REMOVED", "100000000000006"],
      ["PARTNER_ADDED", "100000000000007"],
    ]);
    expect((await harness.graph("GET", `/v25.0/${CYCLES}`)).status).toBe(400);
  });

  test("after the losses and after a reset: the same world, nothing sent", async () => {
    const harness = await started();
    const shape = async (): Promise<unknown> => {
      const { wabas, numbers, tokens } = (await harness.control("GET", "/state")).body;
      return { wabas, numbers, tokens };
    };
    const before = await shape();
    await harness.act("partner.remove", { waba_id: FLORIST, silent: true });
    await harness.act("token.revoke");
    await harness.control("POST", "/faults", { match: {}, respond: { status: 500 } });
    await harness.control("POST", "/clock", { advance_ms: 3_600_000 });
    await harness.control("POST", "/reset");
    expect(await shape()).toEqual(before);
    expect(await harness.deliveries()).toEqual([]);
    expect(await harness.requests()).toEqual([]);
    expect((await harness.act("partner.remove", { waba_id: FLORIST })).body.webhooks).toEqual(["wh_1"]);
    expect(Math.abs(harness.emulator.clock.now() - Date.now())).toBeLessThan(60_000);
  });
});

describe("a restart", () => {
  test("finds world, clock and webhooks under way", async () => {
    const worldFile = join(directory, "deep", "world.json");
    const first = await started({ worldFile });
    expect(first.emulator.wasFresh).toBe(true);
    await first.control("POST", "/clock", { mode: "frozen", now: "2026-12-01T00:00:00Z" });
    first.receiver.answers.push(503);
    await first.act("partner.remove", { waba_id: FLORIST });
    await first.delivered(1);
    await stopped(first);

    const second = await started({ worldFile });
    expect(second.emulator.wasFresh).toBe(false);
    expect((await second.graph("GET", `/v25.0/${FLORIST}`)).status).toBe(400);
    expect(second.emulator.clock.now()).toBe(Date.parse("2026-12-01T00:00:00Z"));
    expect((await second.control("GET", "/state")).body.webhooks_under_way).toMatchObject([{ attempts: 1 }]);
  });

  test("a webhook left under way is delivered by the next run", async () => {
    const worldFile = join(directory, "world.json");
    const receiver: Receiver = await startReceiver();
    running.push(receiver);
    receiver.answers.push(503);
    const first = await startEmulator(settingsFor(receiver.url, { worldFile }));
    await first.act({ action: "partner.remove", waba_id: FLORIST, webhook: { delay_ms: 3_600_000 } });
    await first.stop();
    const second = await startEmulator(settingsFor(receiver.url, { worldFile }));
    running.unshift(second);
    const asked = await fetch(`${second.url}/_emulator/clock`, {
      method: "POST",
      body: '{"advance_ms":3600000}',
    });
    expect(asked.status).toBe(200);
    expect(receiver.received).toHaveLength(1);
  });

  test("new secret, address and ids of the settings take the place of the old", async () => {
    const worldFile = join(directory, "world.json");
    await stopped(await started({ worldFile }));
    const harness = await started({
      worldFile,
      partnerBusinessId: "777",
      systemUserToken: "EAAother",
      appSecret: "new secret",
    });
    expect((await harness.graph("GET", "/v25.0/777", { token: "EAAother" })).body.name).toBe("360dialog");
    expect((await harness.graph("GET", "/v25.0/777", { token: SYSTEM_TOKEN })).status).toBe(401);
    expect((await harness.graph("GET", `/v25.0/${FLORIST}`, { token: "EAAother" })).status).toBe(200);
  });

  test("a file that is not ours stops the start with one line", async () => {
    const worldFile = join(directory, "world.json");
    writeFileSync(worldFile, "{ half");
    await expect(startEmulator(settingsFor(null, { worldFile }))).rejects.toThrow(
      /^[^\n]*cannot be read\.[^\n]*$/,
    );
    writeFileSync(worldFile, '{"format":99,"world":{}}');
    await expect(startEmulator(settingsFor(null, { worldFile }))).rejects.toThrow(/format 99/);
    expect(readFileSync(worldFile, "utf8")).toContain("99");
  });
});

test("a port in use: one line that says what to set", async () => {
  const harness = await started();
  const again = startEmulator(settingsFor(null, { port: harness.emulator.port }));
  await expect(again).rejects.toThrow(
    /^The emulator's port \d+ on 127\.0\.0\.1 is in use\..*EMULATOR_PORT.*$/,
  );
});

test("snapshots: saved, restored with their time, and who counts on the clock is told", async () => {
  const harness = await started();
  await harness.control("POST", "/clock", { mode: "frozen" });
  const savedAt = harness.emulator.clock.now();
  expect((await harness.control("PUT", "/snapshots/good")).status).toBe(200);
  await harness.act("partner.remove", { waba_id: FLORIST, silent: true });
  await harness.control("POST", "/clock", { advance_ms: 5_000 });
  let told = 0;
  harness.emulator.onClockReset(() => (told += 1));
  expect((await harness.control("POST", "/snapshots/good")).status).toBe(200);
  expect((await harness.graph("GET", `/v25.0/${FLORIST}`)).status).toBe(200);
  expect([harness.emulator.clock.now(), told]).toEqual([savedAt, 1]);
  expect(await harness.control("POST", "/snapshots/none")).toMatchObject({
    status: 404,
    body: { snapshots: ["good"] },
  });
});

describe("faults", () => {
  const breakWith = (rule: object): Promise<unknown> => harness.control("POST", "/faults", rule);
  let harness: Harness;
  beforeEach(async () => {
    harness = await started();
  });

  test("answer instead of Graph, never of the control API, and are in the journal", async () => {
    await breakWith({ match: {}, respond: { status: 503 } });
    const { status, body } = await harness.graph("GET", `/v25.0/${FLORIST}`);
    expect([status, body.error.code]).toEqual([503, 2]);
    expect((await harness.requests()).at(-1)).toMatchObject({ status: 503, fault: "fault_1" });
    await harness.control("DELETE", "/faults");
    expect((await harness.graph("GET", `/v25.0/${FLORIST}`)).status).toBe(200);
  });

  test("by WABA: also its numbers, and nobody else", async () => {
    const error = { code: 80008, message: "(#80008) There have been too many calls" };
    await breakWith({ match: { waba_id: FLORIST }, respond: { status: 400, error } });
    expect((await harness.graph("GET", "/v25.0/200000000000001")).body.error).toMatchObject({
      ...error,
      type: "OAuthException",
    });
    expect((await harness.graph("GET", "/v25.0/200000000000002")).status).toBe(200);
  });

  test("reset breaks the connection", async () => {
    await breakWith({ match: {}, respond: "reset", count: 1 });
    await expect(harness.graph("GET", `/v25.0/${FLORIST}`)).rejects.toThrow();
    expect((await harness.graph("GET", `/v25.0/${FLORIST}`)).status).toBe(200);
    expect((await harness.requests())[0]).toMatchObject({ status: null, answer: null });
  });

  test("hang holds the connection until the client gives up", async () => {
    await breakWith({ match: {}, respond: "hang" });
    const given = AbortSignal.timeout(50);
    await expect(fetch(`${harness.emulator.url}/v25.0/${FLORIST}`, { signal: given })).rejects.toThrow(
      /abort|timeout/i,
    );
  });

  test("a rule that says nothing is refused", async () => {
    expect(await harness.control("POST", "/faults", { match: {} })).toMatchObject({
      status: 400,
      body: { ok: false },
    });
  });
});

test("a control call is JSON, whatever the caller says it is", async () => {
  const harness = await started();
  const answer = await fetch(`${harness.emulator.url}/_emulator/clock`, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: '{"mode":"frozen"}',
  });
  expect([answer.status, await answer.json()]).toMatchObject([200, { ok: true, mode: "frozen" }]);
});

test("an unknown control call lists the known ones", async () => {
  const harness = await started();
  const { status, body } = await harness.control("GET", "/weather");
  expect(status).toBe(404);
  expect(body.routes).toContain("POST /_emulator/actions");
});
