import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestApp, type TestApp } from "../../../../test/support/create-test-app.ts";

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app?.stop());

describe("messages that an operator stops", () => {
  const WABA = "100000000000002";
  const OTHER = "100000000000012";
  const act = (name: string, body: object = {}, wabaId = WABA) =>
    app.ask("POST", `/api/v1/wabas/${wabaId}/${name}`, body);
  const typesOf = async (wabaId: string): Promise<string[]> => {
    const rows = await app.database.db.query<{ type: string }>(
      `select type from journal where asset_id = (select owner_id from meta_id where meta_id = $1)
        order by seq`,
      [wabaId],
    );
    return rows.map(({ type }) => type);
  };

  test("stop with a reason, whatever Meta proves, and only an operator reopens them", async () => {
    const closed = await act("close", { reason: "Invoice 4711" });
    expect(closed.body).toMatchObject({
      status: "closed",
      reason: "closed_by_operator",
      who_must_act: "provider",
    });
    expect(closed.body.numbers.every(({ can_send }: { can_send: boolean }) => !can_send)).toBe(true);
    expect(closed.body.recovery.methods.map(({ method }: { method: string }) => method)).toEqual([
      "operator_reopen",
    ]);
    expect((await act("check")).body.status).toBe("closed");
    const timeline = (await app.ask("GET", `/api/v1/wabas/${WABA}/timeline`)).body.data;
    expect(timeline).toContainEqual(
      expect.objectContaining({ title: "An operator stopped the messages", detail: "Invoice 4711" }),
    );
    expect((await act("reopen")).body).toMatchObject({ status: "live", reason: null });
  });

  test("a share that was lost meanwhile stays lost after the reopening", async () => {
    await act("close", { reason: "Fraud" }, OTHER);
    await app.emulator.act({ action: "partner.remove", waba_id: OTHER, silent: true });
    await act("check", {}, OTHER);
    expect((await act("reopen", {}, OTHER)).body.status).toBe("permission_removed");
    expect((await typesOf(OTHER)).slice(-2)).toEqual(["waba.share.lost", "waba.repair.link_created"]);
    const wrong = await act("reopen", {}, OTHER);
    expect([wrong.status, wrong.body.code]).toEqual([409, "not_stopped_by_us"]);
    expect(wrong.body.detail).toContain("No operator has stopped this WABA");
    await act("close", { reason: "Fraud" }, OTHER);
    await act("offboard", {}, OTHER);
    expect((await typesOf(OTHER)).filter((type) => type === "waba.share.restored")).toEqual([]);
  });

  test("needs a reason, and an end in the future", async () => {
    expect((await act("close", { reason: " " })).body.detail).toContain("give the reason");
    const past = await act("close", { reason: "Invoice", until: "2020-01-01T00:00:00Z" });
    expect([past.status, past.body.code]).toEqual([400, "invalid_request"]);
    expect((await act("close", { why: "Invoice" })).status).toBe(400);
  });

  test("deviation 6: stops an ended WABA too; it is ended again afterwards", async () => {
    const ENDED = "100000000000003";
    expect((await act("offboard", {}, ENDED)).body.status).toBe("offboarded");
    const closed = await act("close", { reason: "Invoice" }, ENDED);
    expect(closed.body).toMatchObject({
      status: "closed",
      operator_close: { reason: "Invoice", until: null },
    });
    expect((await act("reopen", {}, ENDED)).body).toMatchObject({
      status: "offboarded",
      operator_close: null,
    });
    await act("adopt", {}, ENDED);
  });
});
