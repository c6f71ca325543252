import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestApp, type Answer, type TestApp } from "../../../../test/support/create-test-app.ts";
import { saveTestKey } from "../../../../test/support/save-test-key.ts";
import { readAuditFile } from "../../../access/read-audit-lines.ts";
import { CHAIN_BEGIN, verifyAudit } from "../../../access/verify-audit.ts";

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
  await saveTestKey(app.database.db, "vera", { role: "viewer" });
}, 60_000);
afterAll(() => app.stop());

const WABA = "100000000000001";
const check = (headers = {}, waba = WABA): Promise<Answer> =>
  app.ask("POST", `/api/v1/wabas/${waba}/check`, {}, { "X-API-Key": "sandbox-admin-key", ...headers });
const audit = (query = "", headers = {}): Promise<Answer> =>
  app.ask("GET", `/api/v1/audit${query}`, undefined, { "X-API-Key": "sandbox-admin-key", ...headers });

describe("GET /audit", () => {
  test("shows who did what, from where, to which WABA", async () => {
    await check({ "Request-Id": "req-check-1" });
    const [line] = (await audit(`?waba_id=${WABA}&action=waba.checked`)).body.data;
    expect(line).toMatchObject({
      ...{ actor: "key_admin", actor_name: "Admin key", action: "waba.checked", outcome: "done" },
      ...{ target: { type: "waba", id: WABA, waba_id: WABA }, address: "127.0.0.1" },
      ...{ request_id: "req-check-1", hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
  });

  test("names the holder of a key and of a session also where the act is their first use", async () => {
    const operator = await saveTestKey(app.database.db, "olga", { role: "operator" });
    const signIn = await app.ask("POST", "/api/v1/session", { api_key: "olga" }, {});
    await app.database.db.query("update session set last_used_at = last_used_at - interval '2 minutes'");
    await app.database.db.query("update api_key set last_used_at = null");
    const Cookie = (signIn.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
    const byCookie = { Cookie, Origin: app.url, "Content-Type": "application/json" };
    const note = (headers: Record<string, string>): Promise<Answer> =>
      app.ask("POST", `/api/v1/wabas/${WABA}/notes`, { text: "seen" }, headers);
    for (const headers of [byCookie, { "X-API-Key": "olga" }])
      expect((await note(headers)).status).toBeLessThan(300);
    const { data } = (await audit("?action=note.added")).body;
    const lines = data.map(({ actor, outcome }: { actor: string; outcome: string }) => [actor, outcome]);
    expect(lines).toEqual([
      [operator.id, "done"],
      [operator.id, "done"],
    ]);
  });

  test("has the acts that were refused", async () => {
    const unknown = "999999999999999";
    expect((await check({}, unknown)).status).toBe(404);
    const { data } = (await audit("?outcome=refused&action=waba.checked")).body;
    expect(data).toEqual([
      expect.objectContaining({
        ...{ outcome: "refused", problem: "waba_not_found", actor: "key_admin" },
        target: { type: "waba", id: unknown, waba_id: unknown },
      }),
    ]);
  });

  test("has one line a minute of what somebody's role does not allow", async () => {
    for (let nth = 0; nth < 3; nth++) expect((await check({ "X-API-Key": "vera" })).status).toBe(403);
    const { data } = (await audit("?outcome=refused")).body;
    const own = data.filter(({ problem }: { problem: string }) => problem === "not_permitted");
    expect(own).toHaveLength(1);
    expect(own[0].actor).toMatch(/^key_/);
  });

  test("leaves no line of reads", async () => {
    const count = async (): Promise<number> => (await audit("?limit=100")).body.data.length;
    const before = await count();
    expect((await app.ask("GET", "/api/v1/wabas")).status).toBe(200);
    expect((await app.ask("GET", "/api/v1/wabas/999999999999999")).status).toBe(404);
    expect(await count()).toBe(before);
  });

  test("pages newest first for people, and oldest first after an id for programs", async () => {
    await check();
    const ids = (answer: Answer): number[] => answer.body.data.map(({ id }: { id: string }) => Number(id));
    const first = await audit("?limit=2");
    const second = await audit(`?limit=2&cursor=${first.body.next_cursor}`);
    const newest = [...ids(first), ...ids(second)];
    expect(newest).toEqual(newest.toSorted((a, b) => b - a));
    expect(new Set(newest).size).toBe(newest.length);
    const followed = await audit("?after=0&limit=2");
    expect(ids(followed)).toEqual([1, 2]);
    expect(ids(await audit(`?after=0&limit=2&cursor=${followed.body.next_cursor}`))[0]).toBe(3);
    expect(ids(await audit(`?after=${newest[0]}`))).toEqual([]);
    expect((await audit("?cursor=bm9uc2Vuc2U")).body.code).toBe("invalid_cursor");
  });

  test("exports every line as NDJSON", async () => {
    const lines = (await audit("?limit=1", { Accept: "application/x-ndjson" })).body as string;
    const ids = lines
      .trim()
      .split("\n")
      .map((line) => Number((JSON.parse(line) as { id: string }).id));
    expect(ids).toEqual(ids.map((_, nth) => nth + 1));
    expect(ids.length).toBeGreaterThan(2);
  });

  test("is for admins", async () => {
    expect((await audit("", { "X-API-Key": "vera" })).status).toBe(403);
  });
});

describe("what lines say", () => {
  const newest = async (action: string): Promise<Record<string, unknown>> =>
    (await audit(`?action=${action}&limit=1`)).body.data[0];
  const numberId = async (): Promise<string> =>
    (await app.ask("GET", `/api/v1/wabas/${WABA}`)).body.numbers[0].id;

  test("which channel key was made and revoked, and never the key", async () => {
    const id = await numberId();
    const made = (await app.ask("POST", `/api/v1/numbers/${id}/keys`, { label: "till" })).body;
    const target = { type: "channel_key", id: made.id, waba_id: WABA };
    const hint = made.key.slice(-4);
    expect(await newest("channel_key.created")).toMatchObject({ target, after: { label: "till", hint } });
    await app.ask("DELETE", `/api/v1/numbers/${id}/keys/${made.id}`);
    expect(await newest("channel_key.revoked")).toMatchObject({ target, before: { label: "till", hint } });
    const all = (await audit("", { Accept: "application/x-ndjson" })).body as string;
    expect(all).not.toContain(made.key);
  });

  test("what a WABA's terms were before and are now, and no field that stayed", async () => {
    await app.ask("PATCH", `/api/v1/wabas/${WABA}`, { mode: "observe" });
    const line = await newest("waba.configured");
    expect([line.before, line.after]).toEqual([{ mode: null }, { mode: "observe" }]);
    await app.ask("POST", "/api/v1/modes", { mode: "enforce", waba_ids: [WABA] });
    expect(await newest("modes.set")).toMatchObject({
      ...{ before: { modes: { [WABA]: "observe" } }, after: { mode: "enforce", waba_ids: [WABA] } },
    });
  });

  test("where an override pointed that Meta refused, without its query and its verify token", async () => {
    const uri = "https://169.254.169.254/hook?secret=s3cret";
    const body = { uri, verify_token: "verify-me-please" };
    expect((await app.ask("PUT", `/api/v1/wabas/${WABA}/webhook-override`, body)).status).toBe(502);
    const line = await newest("webhook_override.set");
    expect(line).toMatchObject({
      ...{ outcome: "failed", problem: "meta_refused" },
      detail: { asked: { uri: "https://169.254.169.254/hook" } },
    });
    expect(JSON.stringify(line)).not.toMatch(/s3cret|verify-me/);
  });

  test("an export verifies as a file", async () => {
    const path = join(await mkdtemp(join(tmpdir(), "audit-")), "audit.ndjson");
    const lines = (await audit("", { Accept: "application/x-ndjson" })).body as string;
    await writeFile(path, lines);
    expect(await verifyAudit(readAuditFile(path), CHAIN_BEGIN)).toMatchObject({ state: "intact" });
    await writeFile(path, lines.replace('"outcome":"refused"', '"outcome":"done"'));
    expect(await verifyAudit(readAuditFile(path), CHAIN_BEGIN)).toMatchObject({ fault: "changed" });
    await writeFile(path, "\n# Notes");
    await expect(verifyAudit(readAuditFile(path), CHAIN_BEGIN)).rejects.toThrow(
      /^Line 2 of .*audit\.ndjson is not a line of the audit\. Use a whole export/,
    );
  });
});
