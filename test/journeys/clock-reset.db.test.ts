/**
 * P26, deviation 8: a sandbox whose clock was advanced and then reset is right at once, and its pages name no
 * time that has not come.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSandbox, type TestSandbox } from "../support/sandbox.ts";
import { until } from "../support/until.ts";

const NORTHWIND = "100000000000001";
const DAY = 86_400_000;

let app: TestSandbox;
beforeAll(async () => {
  app = await openSandbox();
});
afterAll(() => app?.stop());

/** The instants of an answer that say when something was: countdowns and links lie ahead by right. */
function instantsOf(value: unknown, key = ""): string[] {
  if (typeof value === "string")
    return /^(since|last_|at$)/.test(key) && /^\d{4}-\d\d-\d\dT/.test(value) ? [value] : [];
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([name, item]) => instantsOf(item, Array.isArray(value) ? key : name));
}

test("after an advance and a reset every WABA is settled, and no instant lies ahead", async () => {
  await app.untilStatus(NORTHWIND, "live");
  await app.act("partner.remove", { waba_id: NORTHWIND });
  await app.untilStatus(NORTHWIND, "permission_removed");
  await app.advance(200 * DAY);
  await app.act("partner.assign", { waba_id: NORTHWIND });
  await app.advance(6_000);
  await app.untilStatus(NORTHWIND, "live", null, 30_000);
  await app.emulator("POST", "/reset", {});
  await until(
    "every WABA is settled, and no instant lies ahead",
    async () => {
      const { data } = (await app.api("GET", "/wabas?limit=100")).body;
      const now = Date.parse((await app.emulator("POST", "/clock", {})).body.now);
      const whole = await Promise.all(data.map(({ id }: { id: string }) => app.waba(id)));
      const isSettled = whole.every(
        (waba) => waba.status !== "unknown" && instantsOf(waba).every((at) => Date.parse(at) <= now + 1000),
      );
      return isSettled ? true : undefined;
    },
    20_000,
  );
}, 120_000);

test("the timeline goes on from its top, whatever the clock did", async () => {
  await app.act("partner.remove", { waba_id: NORTHWIND });
  await app.untilStatus(NORTHWIND, "permission_removed");
  const entries = await app.timeline(NORTHWIND);
  const now = Date.parse((await app.emulator("POST", "/clock", {})).body.now);
  const [newest] = entries;
  expect(Date.parse(newest?.at)).toBeLessThanOrEqual(now + 1000);
  const later = entries.findIndex(({ at }) => Date.parse(at) > now + DAY);
  const lost = entries.findIndex(({ title }) => title === "Access lost");
  expect(later === -1 || lost < later).toBe(true);
  const ids = entries.map(({ id }) => id);
  const pages = [];
  let cursor = "";
  do {
    const { body } = await app.api("GET", `/wabas/${NORTHWIND}/timeline?limit=5${cursor}`);
    pages.push(...body.data.map(({ id }: { id: string }) => id));
    cursor = body.has_more ? `&cursor=${body.next_cursor}` : "";
  } while (cursor !== "" && pages.length < ids.length);
  expect(pages.slice(0, ids.length)).toEqual(ids.slice(0, pages.length));
});
