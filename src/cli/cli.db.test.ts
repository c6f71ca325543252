import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startCommand } from "../../test/support/command.ts";
import { ADMIN_KEY, openSandbox, type TestSandbox } from "../../test/support/sandbox.ts";

const LIVE = "100000000000001";
const REMOVED = "100000000000004";
const FOUND = "100000000000007";

let app: TestSandbox;
let folder: string;
beforeAll(async () => {
  app = await openSandbox();
  folder = mkdtempSync(join(tmpdir(), "sharekeeper-cli-"));
});
afterAll(async () => {
  await app.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Run {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** As somebody types it: the address and the key are in the environment. */
function type(...args: string[]): Promise<Run> {
  return startCommand(args, { PUBLIC_URL: app.url(), ADMIN_API_KEY: ADMIN_KEY }).ended;
}

test("the exit code of list, show, why and check says whether the WABA is shared", async () => {
  const list = await type("list", "--who-must-act", "client");
  expect(list).toMatchObject({ code: 0, stderr: "" });
  expect(list.stdout.split("\n")[0]).toMatch(/^WABA +STATUS +REASON +WAITING ON +SINCE +NAME +CLIENT$/);
  expect(list.stdout).toContain(`${REMOVED}  🔴BSP PERMISSION REMOVED`);
  expect(list.stdout).not.toContain(LIVE);
  const all = JSON.parse((await type("list", "--limit", "3", "--json")).stdout);
  expect(all).toMatchObject({ has_more: true, next_cursor: expect.any(String) });
  expect(all.data).toHaveLength(3);
  expect(await type("show", LIVE)).toMatchObject({ code: 0, stdout: expect.stringContaining("LIVE") });
  expect(await type("check", LIVE, "--json")).toMatchObject({ code: 0 });
  const why = await type("why", REMOVED);
  expect(why).toMatchObject({ code: 3, stdout: expect.stringContaining("Shared False") });
  expect(why.stdout).toMatch(/^🔴BSP PERMISSION REMOVED: /);
  // L3: the Hub's own title, the place, and no id twice.
  expect(why.stdout).toContain(
    "Assign 360dialog as partner again:\n  Meta Business Suite > Settings > Accounts > select WhatsApp Account > Partners\n  1. ",
  );
  expect(why.stdout).toContain("5. Enter the 360dialog Business Partner ID : 734443296905665\n");
  const reasons = await type("list", "--reason", "partner_removed");
  expect(reasons.stdout).toMatch(
    new RegExp(`${REMOVED} .*BSP PERMISSION REMOVED +partner_removed +client +2`),
  );
});

test("exit code 4: not known, 2: wrong usage, 1: failed, each with what to do", async () => {
  await app.fault({ match: { waba_id: LIVE }, respond: { status: 503 } });
  expect((await type("check", LIVE)).code).toBe(4);
  await app.clearFaults();
  expect((await type("check", LIVE)).code).toBe(0);
  expect(await type("show")).toMatchObject({ code: 2, stderr: expect.stringContaining("Name one WABA") });
  expect(await type("show", "999999999999999")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("999999999999999"),
  });
  expect((await type("show", LIVE, "--key", "wrong")).code).toBe(1);
  const nobody = await type("show", LIVE, "--url", "http://127.0.0.1:9");
  expect(nobody).toMatchObject({ code: 1, stderr: expect.stringContaining("http://127.0.0.1:9") });
  const bare = await type("show", LIVE, "--url", "127.0.0.1:9");
  expect(bare).toMatchObject({ code: 2, stderr: expect.stringContaining("begins with http:// or https://") });
  const stranger = await type("show", LIVE, "--url", app.emulatorUrl());
  expect(stranger.stderr).toContain("but not as Sharekeeper does. Check the address");
});

test.each([
  [["show", LIVE, "--loud"], /Unknown option '--loud'\. See: sharekeeper show --help/],
  [["list", "extra"], /list does not take "extra"/],
  [["list", "--status", "live,gone"], /--status is "gone".* of: .*permission_removed, /],
  [["list", "--who-must-act", "us"], /client, provider, meta, nobody/],
  [["list", "--limit", "0"], /whole number from 1 to/],
  [["link", REMOVED, "--expires", "soon"], /--expires is "soon".*from 60 to 31536000/],
  [["signup", "--language", "xx"], /--language is "xx".*en, /],
  [["migrate", "now"], /migrate does not take "now"/],
])("L4: %j is wrong usage, and says what would be right", async (args, words) => {
  expect(await type(...args)).toMatchObject({ code: 2, stdout: "", stderr: expect.stringMatching(words) });
});

test("--help lists what an option takes, and the short names work", async () => {
  const { stdout } = await type("list", "-h");
  expect(stdout).toMatch(/--who-must-act: client, provider, meta, nobody/);
  expect(await type("-v")).toEqual(await type("--version"));
});

test("L3, P22: a partial share lists how to change the access, and ticks nothing that nobody proved", async () => {
  const { stdout } = await type("why", "100000000000005");
  expect(stdout).not.toContain("✓");
  expect(stdout).toMatch(/^ {2}4\. Click Partners, then 360dialog in the list/m);
  expect(stdout).toMatch(/^ {2}\d\. Grant full control/m);
});

test("L5: --expires on a valid link says that nothing changed, and how to make a new one", async () => {
  const first = await type("link", REMOVED);
  const again = await type("link", REMOVED, "--expires", "60");
  expect(again.stdout).toBe(first.stdout);
  expect(again.stderr).toMatch(/--expires changed nothing\. --rotate makes a new link/);
  const rotated = await type("link", REMOVED, "--expires", "60", "--rotate");
  expect(rotated).toMatchObject({ code: 0, stderr: "" });
  expect(rotated.stdout).not.toBe(first.stdout);
});

test("C3, C9: can-send asks the gate, close and reopen set it", async () => {
  const [open, lost] = ["200000000000001", "200000000000005"];
  expect(await type("can-send", open)).toMatchObject({ code: 0, stdout: expect.stringMatching(/ pass /) });
  const both = await type("can-send", open, lost);
  expect(both).toMatchObject({ code: 3, stdout: expect.stringMatching(/0005 +stopped +partner_removed/) });
  expect(await type("can-send", "1")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("number 1."),
  });
  expect((await type("close", LIVE)).code).toBe(2);
  expect((await type("close", LIVE, "--reason", "x", "--until", "soon")).code).toBe(2);
  expect(await type("close", LIVE, "--reason", "Invoice 4711")).toMatchObject({ code: 0 });
  expect((await type("can-send", open)).code).toBe(3);
  expect(await type("reopen", LIVE)).toMatchObject({ code: 0, stdout: expect.stringContaining("LIVE") });
  expect((await type("can-send", open)).code).toBe(0);
});

test("link prints an address that leads to the client's page, signup one of an invitation", async () => {
  const link = await type("link", REMOVED);
  expect(link.code).toBe(0);
  expect((await fetch(app.url() + new URL(link.stdout.trim()).pathname)).status).toBe(200);
  const signup = await type("signup", "--external-id", "crm-1", "--json");
  expect(signup.code).toBe(0);
  expect(JSON.parse(signup.stdout)).toMatchObject({
    state: "invited",
    url: expect.stringContaining("/sgn_"),
  });
});

test("a file is imported: first dry, then for good", async () => {
  const file = join(folder, "fleet.csv");
  writeFileSync(
    file,
    `client_name;waba_id;external_id\n"Meadow; Pets";${FOUND};crm-7\n` +
      `;900000000000001;\n;12;\n;${LIVE};crm-0\n`,
  );
  const dry = await type("import", "--csv", file, "--dry-run", "--json");
  // Valid rows are imported; the exit code says that some were not.
  expect(dry.code).toBe(1);
  const totals = { adopted: 1, invalid: 2, known: 1, imported: 0 };
  expect(JSON.parse(dry.stdout)).toMatchObject({
    dry_run: true,
    state: "done",
    totals,
    rows: { read: 4, waiting: 0 },
  });
  expect((await app.waba(FOUND)).status).toBe("discovered");
  const done = await type("import", "--csv", file);
  expect(done.code).toBe(1);
  expect(done.stdout).toContain("Meta does not show this WABA to you");
  const { client } = await app.waba(FOUND);
  expect(client).toMatchObject({ external_id: "crm-7", name: "Meadow; Pets" });
  await app.untilStatus(FOUND, "live");
  expect(done.stdout).toContain("Rows read: 4. Not yet known: 0.");
  expect(done.stdout).toMatch(/^3 +900000000000001 +invalid/m);
  // Deviation 10: a WABA that was never shared leaves no row, and is never called removed.
  expect((await app.api("GET", "/wabas/900000000000001")).status).toBe(404);
  expect((await app.api("GET", "/imports/imp_none")).status).toBe(404);
  writeFileSync(file, `waba_id\n${LIVE}\n`);
  expect((await type("import", "--csv", file)).code).toBe(0);
});

test("events tail prints what changes as it happens", async () => {
  const { data } = (await app.api("GET", "/events?limit=1")).body;
  const tail = type("events", "tail", "--after", data[0].id, "--count", "2", "--json");
  const { code, stdout } = await tail;
  const lines = stdout.trim().split("\n");
  expect(code).toBe(0);
  expect(lines.map((line) => Number(JSON.parse(line).id) > Number(data[0].id))).toEqual([true, true]);
});

test("L1, field case 7: a file that cannot be read or is no such CSV ends in one sentence, and imports nothing", async () => {
  const gone = await type("import", "--csv", "/nope.csv");
  expect(gone.code).not.toBe(0);
  expect(gone.stderr + gone.stdout).toMatch(/^[^\n]*The file \/nope\.csv cannot be read: ENOENT[^\n]*\n$/);
  const file = join(folder, "open.csv");
  writeFileSync(file, 'waba_id,client_name\n100000000000008,"Linden\n');
  const open = await type("import", "--csv", file);
  expect([open.code, open.stderr]).toEqual([
    1,
    expect.stringMatching(/open\.csv, line 2: a quote is opened/),
  ]);
  writeFileSync(file, "client,crm\nLinden,a\n");
  expect((await type("import", "--csv", file)).stderr).toContain("needs a column waba_id");
});
