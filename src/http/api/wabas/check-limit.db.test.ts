import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApp, type Answer, type TestApp } from "../../../../test/support/create-test-app.ts";
import { findOwnerId } from "../../../directory/meta-id-store.ts";
import { claimCheck } from "../../../sharing/probe/claim-check.ts";
import { CHECKS_PER_MINUTE } from "../../../sharing/model/timings.ts";

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
  await app.setClock({ mode: "frozen" });
});
afterAll(() => app.stop());

const FLORIST = "100000000000001";
const BIKES = "100000000000004";
const check = (wabaId: string): Promise<Answer> => app.ask("POST", `/api/v1/wabas/${wabaId}/check`, {});

test("a WABA is checked six times a minute, then 429 says when to try again (S12)", async () => {
  for (let count = 0; count < CHECKS_PER_MINUTE; count += 1) expect((await check(FLORIST)).status).toBe(200);
  const refused = await check(FLORIST);
  expect(refused.status).toBe(429);
  expect(refused.headers.get("retry-after")).toBe("60");
  expect(refused.body).toMatchObject({
    code: "too_many_checks",
    detail: "The page updates by itself. You can check with Meta again in 60 s.",
    who_must_act: "nobody",
  });
  expect((await check(BIKES)).status).toBe(200);

  await app.setClock({ advance_ms: 59_000 });
  expect((await check(FLORIST)).headers.get("retry-after")).toBe("1");
  await app.setClock({ advance_ms: 1_000 });
  expect((await check(FLORIST)).status).toBe(200);
});

test("all instances share the limit, also for simultaneous checks", async () => {
  const assetId = (await findOwnerId(app.deps.db, "default", "waba", "100000000000005")) ?? "";
  const asks = Array.from({ length: 20 }, () => claimCheck({ ...app.deps }, assetId));
  const waits = await Promise.all(asks);
  expect(waits.filter((waitMs) => waitMs === 0)).toHaveLength(CHECKS_PER_MINUTE);
  expect(waits.filter((waitMs) => waitMs === 60_000)).toHaveLength(20 - CHECKS_PER_MINUTE);
});
