import { afterAll, beforeAll, expect, test } from "vitest";
import { startCommand } from "../../test/support/command.ts";
import { ADMIN_KEY, openSandbox, type TestSandbox } from "../../test/support/sandbox.ts";

let app: TestSandbox;
beforeAll(async () => {
  app = await openSandbox();
});
afterAll(() => app?.stop());

interface Run {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** As somebody types it: the address and the key are in the environment. */
const type = (...args: string[]): Promise<Run> =>
  startCommand(["api-keys", ...args], { PUBLIC_URL: app.url(), ADMIN_API_KEY: ADMIN_KEY }).ended;

/** The status of a check of one number with this key. */
async function use(key: string): Promise<number> {
  const { status } = await fetch(`${app.url()}/api/v1/can-send`, {
    method: "POST",
    headers: { "X-API-Key": key, "Content-Type": "application/json" },
    body: JSON.stringify({ numbers: ["200000000000001"] }),
  });
  return status;
}

test("a key is created, listed, rotated and revoked; a new key stands alone on stdout", async () => {
  const made = await type("create", "--name", "CRM", "--role", "viewer", "--scopes", "can-send");
  expect(made).toMatchObject({ code: 0, stdout: expect.stringMatching(/^shk_\w{8}_[\w-]{43}\n$/) });
  expect(made.stderr).toMatch(/The key of CRM \(key_\w+\) is shown only now/);
  const key = made.stdout.trim();
  expect(await use(key)).toBe(200);

  const listed = await type("list", "--prefix", key);
  expect(listed.stdout.split("\n")[0]).toMatch(/^ID +PREFIX +NAME +ROLE +SCOPES +ONLY +LAST USED +STATE$/);
  expect(listed.stdout).toMatch(/^key_\w+ +shk_\w{8} +CRM +viewer +can-send +20\S+Z +valid$/m);
  expect(listed.stdout + listed.stderr).not.toContain(key);
  const [{ id }] = JSON.parse((await type("--json")).stdout).data;

  const rotated = await type("rotate", id, "--overlap", "60");
  expect(rotated.stderr).toMatch(/The key before it stays valid until 20/);
  expect([await use(key), await use(rotated.stdout.trim())]).toEqual([200, 200]);
  const leaked = JSON.parse((await type("rotate", id, "--overlap", "0", "--json")).stdout);
  expect([await use(key), await use(rotated.stdout.trim()), await use(leaked.key)]).toEqual([401, 401, 200]);

  expect(await type("revoke", id)).toMatchObject({ code: 0, stdout: expect.stringContaining("is revoked") });
  expect(await use(leaked.key)).toBe(401);
  expect((await type("list")).stdout).toMatch(/revoked on 20\S+Z$/m);
  const again = await type("revoke", id);
  expect([again.code, again.stdout, again.stderr]).toEqual([1, "", expect.stringContaining(id)]);
});

test("a key with an end says so", async () => {
  const ends = ["--expires", "2099-01-31T12:00Z"];
  expect((await type("create", "--name", "Audit", "--role", "admin", ...ends)).code).toBe(0);
  expect((await type("list")).stdout).toMatch(/Audit +admin +all +never +valid until 2099-01-31T12:00:00/);
});

test.each([
  [["create"], /--name NAME --role viewer/],
  [["create", "--name", "x", "--role", "client"], /--role is "client".*viewer, support, operator, admin/],
  [
    ["create", "--name", "x", "--role", "viewer", "--scopes", "can-send,all"],
    /--scopes is "all".*can-send, /,
  ],
  [["create", "--name", "x", "--role", "viewer", "--expires", "soon"], /--expires is "soon"/],
  [["rotate"], /api-keys rotate KEY_ID/],
  [["rotate", "key_x", "--overlap", "9999999"], /--overlap is "9999999".*from 0 to 604800/],
  [["revoke", "key_x", "--name", "x"], /each with its own options/],
  [["destroy"], /See sharekeeper api-keys --help/],
])("%j is wrong usage, and says what would be right", async (args, words) => {
  expect(await type(...args)).toMatchObject({ code: 2, stdout: "", stderr: expect.stringMatching(words) });
});

test("--help names the roles and the scopes", async () => {
  const { stdout } = await type("--help");
  expect(stdout).toMatch(/--role: viewer, support, operator, admin/);
  expect(stdout).toMatch(/--scopes: .*can-send, reshare, onboarding, keys, messages/);
});
