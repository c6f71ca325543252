import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestApp, OURS, type Answer, type TestApp } from "../../../../test/support/create-test-app.ts";

const PATH = "/api/v1/wabas/100000000000002";

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app?.stop());
beforeEach(async () => void (await change({ mode: "enforce" })));

const change = (terms: object, headers: Record<string, string> = {}): Promise<Answer> =>
  app.ask("PATCH", PATH, terms, { ...OURS, ...headers });
const seenTag = async (): Promise<Record<string, string>> => ({
  "If-Match": (await app.ask("GET", PATH)).headers.get("etag") ?? "",
});
const modeOf = async (): Promise<string> => (await app.ask("GET", PATH)).body.mode;

describe("the terms of a WABA", () => {
  test("are a new version, so that an edit of what was read before is refused", async () => {
    const tag = await seenTag();
    expect((await change({ mode: "observe" }, tag)).status).toBe(200);
    const refused = await change({ mode: "enforce" }, tag);
    expect([refused.status, refused.body.code, await modeOf()]).toEqual([
      412,
      "changed_meanwhile",
      "observe",
    ]);
    expect((await change({ tags: ["vip"] }, tag)).status).toBe(412);
    expect((await change({ mode: "enforce" }, await seenTag())).status).toBe(200);
  });

  test("are not changed by somebody who has not seen the case as it is", async () => {
    const tag = await seenTag();
    expect((await change({ tags: ["late"] }, tag)).status).toBe(200);
    expect((await change({ mode: "observe" }, tag)).status).toBe(412);
    expect(await modeOf()).toBe("enforce");
  });

  test("of two writers at once one wins and the other is told, whichever part each of them changes", async () => {
    for (const other of [{ mode: null }, { tags: ["raced"] }]) {
      await change({ mode: "enforce", ...{} });
      await change({ tags: [] });
      const tag = await seenTag();
      const answers = await Promise.all([change({ mode: "observe" }, tag), change(other, tag)]);
      expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 412]);
    }
  });

  test("that stay as they are need the version that is, too, and are no new one", async () => {
    const old = await seenTag();
    expect((await change({ mode: "enforce" }, old)).status).toBe(200);
    expect(await seenTag()).toEqual(old);
    await change({ mode: "observe" });
    expect((await change({ mode: "observe" }, old)).status).toBe(412);
  });

  test("leave one line in the audit, and a refused edit says what was asked", async () => {
    const tag = await seenTag();
    await change({ mode: "observe" }, tag);
    const refused = await change({ mode: "enforce" }, tag);
    const lines = await app.database.db.query("select outcome, problem from audit where request_id = $1", [
      refused.headers.get("request-id"),
    ]);
    expect(lines).toEqual([{ outcome: "refused", problem: "changed_meanwhile" }]);
  });
});
