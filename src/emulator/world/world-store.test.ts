import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { settingsFor } from "../../../test/wire/emulator-harness.ts";
import { defaultSeed, worldOf } from "./seed.ts";
import { readWorldFile, WorldStore } from "./world-store.ts";
import type { World } from "./world.ts";

const SETTINGS = settingsFor(null);
const FLORIST = "100000000000001";

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "world-"));
  path = join(directory, "world.json");
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const freshWorld = (): World => worldOf(defaultSeed(), SETTINGS);
const storeOf = (world: World, version = 0): WorldStore =>
  new WorldStore(path, { world, version }, () => Promise.resolve());
const read = (): World | undefined => readWorldFile(path, SETTINGS)?.world;
const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
};

test("what moves with every message is written beside the world, and read back with it", async () => {
  const store = storeOf(freshWorld());
  await store.flush();
  const whole = readFileSync(path, "utf8");
  store.world.counters.message = 7;
  store.touched();
  await until(() => existsSync(`${path}.moving`));
  expect(readFileSync(path, "utf8")).toBe(whole);
  expect(read()?.counters.message).toBe(7);
});

test("what moved belongs to one version of the world: with another it is forgotten", async () => {
  const store = storeOf(freshWorld());
  await store.flush();
  store.world.counters.message = 7;
  store.touched();
  await until(() => existsSync(`${path}.moving`));
  // Another process began anew in the same place: its world has another version.
  await storeOf(freshWorld(), 40).flush();
  expect(read()?.counters.message).toBe(0);
});

test("a change of the structure is in the world itself", async () => {
  const store = storeOf(freshWorld());
  (store.world.wabas[FLORIST] as { name: string }).name = "Renamed";
  store.changed();
  await store.flush();
  expect(read()?.wabas[FLORIST]?.name).toBe("Renamed");
});

test("a world of an earlier version gets what came since", async () => {
  const old = freshWorld() as unknown as Record<string, unknown>;
  delete old["codes"];
  old["outbox"] = [
    { webhookId: "wh_1", copy: 1, appId: "1", body: "{}", attemptCount: 1, nextAt: 0, bornAt: 0 },
  ];
  old["knobs"] = { unshared_read: "E", gone_by_now: true };
  const store = storeOf(old as unknown as World);
  await store.flush();
  const world = read();
  expect(world?.codes).toEqual({});
  expect(world?.knobs).toMatchObject({ unshared_read: "E", unshared_send: "B" });
  expect(Object.keys(world?.outbox ?? {})).toEqual(["wh_1/1/1"]);
});
