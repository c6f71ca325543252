/** docs/guides/rotate-secrets.md, as somebody types it. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCommand } from "../support/command.ts";
import { OWN_SECRETS } from "../support/own-secrets.ts";
import { ADMIN_KEY, openSandbox, type TestSandbox } from "../support/sandbox.ts";

const LIVE = "100000000000001";
const { ENCRYPTION_KEY: OLD, META_APP_SECRET: NEW } = OWN_SECRETS;

interface Status {
  data_keys: { id: string; state: string; wrapped_with: string; rows: Record<string, number> }[];
  rotation: { state: string; rows_left: number };
}

let app: TestSandbox;
beforeAll(async () => {
  app = await openSandbox({ ENCRYPTION_KEY: OLD });
}, 60_000);
afterAll(() => app.stop());

function type(args: string[], keys: Record<string, string>) {
  const { DATA_DIR = "", DATABASE_URL } = app.env;
  return runCommand(args, { DATA_DIR, ...(DATABASE_URL && { DATABASE_URL }), ...keys });
}

async function statusWith(keys: Record<string, string>): Promise<Status> {
  const { stdout } = await type(["keys", "status", "--json"], keys);
  return JSON.parse(stdout) as Status;
}

// Each command is a process of its own, on a machine that has other work.
test("a new data key while the server runs", { timeout: 120_000 }, async () => {
  const beside = { PUBLIC_URL: app.url(), ADMIN_API_KEY: ADMIN_KEY, ENCRYPTION_KEY: OLD };
  const before = await statusWith(beside);
  expect(before.data_keys).toMatchObject([{ state: "current", wrapped_with: "encryption_key" }]);
  expect(before.data_keys[0]?.rows.inbox).toBeGreaterThan(0);
  const [rotated] = await Promise.all([
    type(["keys", "rotate", "--json"], beside),
    app.act("partner.remove", { waba_id: LIVE }),
  ]);
  expect(rotated.code, rotated.stderr).toBe(0);
  const after = JSON.parse(rotated.stdout) as Status;
  expect(after.rotation).toMatchObject({ state: "idle", rows_left: 0 });
  expect(after.data_keys.map(({ id, state }) => [id === before.data_keys[0]?.id, state])).toEqual([
    [true, "old"],
    [false, "current"],
  ]);
  // The webhooks of the meantime and of afterwards are read.
  await app.untilStatus(LIVE, "permission_removed");
  await app.act("partner.assign", { waba_id: LIVE });
  await app.untilStatus(LIVE, "live");
  expect(app.logged()).not.toMatch(/data key/);
});

test("a new ENCRYPTION_KEY and a new data key, step by step", { timeout: 120_000 }, async () => {
  // As a server leaves it that was killed: nobody else can run on the embedded database.
  if (app.database().kind === "embedded")
    await app.database().query("insert into keyring_instance values ('ins_killed', '{}', 'dk_gone', now())");
  await app.halt();
  const before = await statusWith({ ENCRYPTION_KEY: OLD });
  const sealed = before.data_keys.at(-1)?.rows.inbox ?? 0;
  expect(sealed).toBeGreaterThan(0);

  const without = await type(["keys", "rotate"], { ENCRYPTION_KEY: NEW });
  expect(without).toMatchObject({ code: 1, stdout: "" });
  expect(without.stderr).toMatch(/ To replace that key, set it as ENCRYPTION_KEY_PREVIOUS as well: /);

  const rotated = await type(["keys", "rotate"], { ENCRYPTION_KEY: NEW, ENCRYPTION_KEY_PREVIOUS: OLD });
  expect(rotated.code, rotated.stderr).toBe(0);
  expect(rotated.stderr).toMatch(/^sharekeeper: The new data key is dk_/);
  expect(rotated.stderr).toMatch(/No row needs an old key\.$/m);
  expect(rotated.stdout).toMatch(/^dk_\w+ {2}old {6}wrapped with ENCRYPTION_KEY {2}no rows$/m);

  const after = await statusWith({ ENCRYPTION_KEY: NEW });
  expect(after.data_keys.map(({ state }) => state)).toEqual(["old", "old", "current"]);
  expect(after.data_keys[2]?.rows.inbox).toBe(sealed);
  expect(after.rotation).toMatchObject({ state: "idle", rows_left: 0 });

  const refused = await type(["keys", "status"], { ENCRYPTION_KEY: OLD });
  expect(refused).toMatchObject({ code: 1, stdout: "" });
  expect(refused.stderr).toMatch(/^sharekeeper: ENCRYPTION_KEY is not the one /);
  const audit = await type(["audit", "verify"], {});
  expect(audit).toMatchObject({ code: 0, stdout: expect.stringContaining("The audit is intact") });
});

test("another word, or none, says what to type", { timeout: 60_000 }, async () => {
  const { code, stderr } = await type(["keys"], { ENCRYPTION_KEY: NEW });
  expect([code, stderr]).toEqual([
    2,
    "sharekeeper: Say what to do: sharekeeper keys rotate, or sharekeeper keys status.\n",
  ]);
});
