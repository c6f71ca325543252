import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { fleetIdOf } from "../../../test/support/fleet-seed.ts";
import {
  FLEET,
  US,
  countOf,
  deps,
  emulator,
  finish,
  intercept,
  named,
  openDeps,
  refusal,
  run,
  startMeta,
  totals,
  wabaId,
} from "../../../test/support/import-app.ts";
import { findOwnerId } from "../../directory/meta-id-store.ts";
import type { GraphReply } from "../../meta/graph-reply.ts";
import { checkShare } from "../../sharing/probe/check-share.ts";
import { SYSTEM } from "../../sharing/record/record-observation.ts";
import { findShare } from "../../sharing/record/share-store.ts";
import { readImport } from "../../http/api/imports/read-import.ts";
import { advanceImports } from "./advance-imports.ts";
import { readOutcomes } from "./import-store.ts";
import { openImport } from "./open-import.ts";

beforeAll(startMeta);
beforeEach(openDeps);

describe("deviation 10: a WABA that was never shared, or a wrong id", () => {
  const STRANGER = wabaId(900_000);
  /** Of another kind: neither a client's portfolio nor a number is a WABA. */
  const PORTFOLIO = fleetIdOf("51", 7);
  const NUMBER = fleetIdOf("20", 7);
  const strangers = [STRANGER, PORTFOLIO].map((id) => ({ ...named(0), wabaId: id }));

  /** Meta's list lags behind: it is empty. */
  function emptyList(path: string): GraphReply {
    const at = deps.clock.now();
    const request = { method: "GET", path };
    const reply = {
      request,
      askedAt: at,
      answeredAt: at,
      kind: "success",
      status: 200,
      usage: null,
    } as const;
    return { ...reply, body: { data: [] } };
  }

  test("is an error of its row, and creates no WABA, no client and no event", async () => {
    const others = [US.businessId, NUMBER, US.appId].map((id) => ({ ...named(0), wabaId: id }));
    const done = await run({ rows: [...strangers, named(1), ...others] });
    expect(done).toMatchObject({
      state: "done",
      totals: totals({ listed: FLEET, not_named: FLEET - 1, imported: 1, invalid: 5 }),
    });
    const reported = (await readOutcomes(deps.db, done.id, ["invalid"], 10)).map(({ n, why }) => [n, why]);
    expect(reported).toEqual([1, 2, 4, 5, 6].map((line) => [line, "not_shared"]));
    expect([await countOf("share"), await countOf("asset"), await countOf("client")]).toEqual([1, 1, 1]);
    expect(await countOf("journal where type = 'waba.share.lost'")).toBe(0);
  });

  test("is not yet known while Meta gives no answer, asked for again, and counted as waiting until then", async () => {
    let isOut = true;
    intercept((path) =>
      isOut && path === `/${STRANGER}` ? refusal(path, 2, "Service temporarily unavailable") : null,
    );
    const wish = { connectionId: "default", dryRun: false, mode: null, by: SYSTEM } as const;
    const id = await openImport(deps, { ...wish, rows: [...strangers, named(1)], more: false });
    await advanceImports(deps);
    const waiting = await readImport(deps, id, null);
    expect(waiting).toMatchObject({
      state: "running",
      failure: "Service temporarily unavailable",
      rows: { read: 3, waiting: 1 },
    });
    isOut = false;
    expect(await finish(id)).toMatchObject({ state: "done", totals: { imported: 1, invalid: 2 } });
    expect((await readImport(deps, id, null)).rows).toEqual({ read: 3, waiting: 0 });
  });

  test("a shared WABA is none of them when Meta refuses a field of it (100): only 100 with 33 says so", async () => {
    const shared = wabaId(7);
    intercept((path, _after, fields) => {
      if (path === `/${shared}` && fields !== "id")
        return refusal(path, 100, "Tried accessing nonexisting field (message_template_namespace)");
      return path.endsWith("_accounts") ? emptyList(path) : null;
    });
    const done = await run({ rows: [named(7)] });
    expect(done).toMatchObject({ state: "done", totals: { imported: 1, invalid: 0 } });
  });

  test("nor when Meta refuses the request for its numbers, unless it has no such edge", async () => {
    const shared = wabaId(7);
    let isRefused = true;
    intercept((path) => {
      if (path === `/${shared}/phone_numbers` && isRefused) return refusal(path, 100, "Invalid parameter");
      return path.endsWith("_accounts") ? emptyList(path) : null;
    });
    const wish = { connectionId: "default", dryRun: false, mode: null, by: SYSTEM } as const;
    const id = await openImport(deps, { ...wish, rows: [named(7)], more: false });
    await advanceImports(deps);
    expect((await readImport(deps, id, null)).rows).toEqual({ read: 1, waiting: 1 });
    isRefused = false;
    expect(await finish(id)).toMatchObject({ state: "done", totals: { imported: 1, invalid: 0 } });
  });

  test("our own dead token decides nothing about a row", async () => {
    intercept((path) => (path.endsWith("_accounts") ? null : refusal(path, 190, "Session has expired")));
    const over = await run({ rows: strangers });
    expect(over).toMatchObject({ state: "failed", failure: "Session has expired", totals: { invalid: 0 } });
    expect((await readImport(deps, over.id, null)).rows).toEqual({ read: 2, waiting: 2 });
  });

  test("a WABA that only a read shows is imported; a known one is found lost as usual", async () => {
    await emulator.act({ action: "partner.remove", waba_id: wabaId(3), silent: true });
    const listWithout = await run({ rows: [named(2)] });
    expect(listWithout.totals.imported).toBe(1);
    const lost = await run({ rows: [named(3)] });
    expect(lost.totals).toMatchObject({ invalid: 1, imported: 0 });
    await emulator.act({ action: "partner.assign", waba_id: wabaId(3), silent: true });
    await run({ rows: [named(3)] });
    await emulator.act({ action: "partner.remove", waba_id: wabaId(3), silent: true });
    const again = await run({ rows: [named(3)] });
    expect((await readOutcomes(deps.db, again.id, null, 10))[0]).toMatchObject({
      result: "known",
      why: "not_listed",
    });
    const assetId = (await findOwnerId(deps.db, "default", "waba", wabaId(3))) ?? "";
    await checkShare(deps, { assetId, by: SYSTEM });
    expect((await findShare(deps.db, assetId))?.record.decided.status).toBe("permission_removed");
    await emulator.act({ action: "partner.assign", waba_id: wabaId(3), silent: true });
  });
});
