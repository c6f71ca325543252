import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { testDatabase, type TestDatabase } from "../../test/support/database.ts";
import { systemClock } from "../lib/clock.ts";
import { appendAudit, findAuditAnchor, findAuditHead } from "./audit-store.ts";
import { dropOldAudit } from "./drop-old-audit.ts";
import { readAuditLines } from "./read-audit-lines.ts";
import { sendAudit } from "./send-audit.ts";
import { CHAIN_BEGIN, verifyAudit, type AuditVerdict, type ChainPoint } from "./verify-audit.ts";

let own: TestDatabase;
beforeEach(async () => {
  own = await testDatabase();
});
afterEach(() => own.drop());

const START = Date.parse("2026-11-22T10:00:00Z");
const append = (at = START, action = "waba.checked"): Promise<void> =>
  own.db.transaction((tx) => appendAudit(tx, { at, actor: "key_olga", action, detail: { nth: 1.5 } }));
const verify = async (known: ChainPoint | null = null): Promise<AuditVerdict> =>
  verifyAudit(readAuditLines(own.db), (await findAuditAnchor(own.db)) ?? CHAIN_BEGIN, known);
/** As somebody does who owns the database. */
const tamper = (sql: string): Promise<unknown> =>
  own.db.query(`alter table audit disable trigger all; ${sql}; alter table audit enable trigger all`);

describe("the chain", () => {
  test("stays intact when 200 acts come at once", async () => {
    await Promise.all(Array.from({ length: 200 }, (_, nth) => append(START + nth)));
    expect(await verify()).toMatchObject({ state: "intact", count: 200, head: { id: 200 } });
  });

  test("stays intact when the clock jumps back", async () => {
    for (const at of [START, START - 86_400_000, START + 1]) await append(at);
    expect(await verify()).toMatchObject({ state: "intact", count: 3 });
  });

  test.each([
    ["update audit set actor = 'key_other' where id = 3", { id: 3, fault: "changed" }],
    ["update audit set before = '{\"a\":1}' where id = 1", { id: 1, fault: "changed" }],
    ["delete from audit where id = 3", { id: 3, fault: "removed" }],
    ["delete from audit where id = 1", { id: 1, fault: "removed" }],
    [
      "delete from audit where id = 2; update audit set id = id - 1 where id > 2",
      { id: 2, fault: "changed" },
    ],
    [
      "insert into audit select 6, at, connection_id, actor, actor_name, action, target_type, target_id, waba_id, outcome, problem, before, after, detail, address, request_id, hash from audit where id = 5",
      { id: 6, fault: "changed" },
    ],
  ])("finds: %s", async (sql, found) => {
    for (let nth = 0; nth < 5; nth++) await append();
    await tamper(sql);
    expect(await verify()).toMatchObject({ state: "broken", ...found });
  });

  test("finds a tail that was cut off, and lines that were written anew, by a head from the log", async () => {
    for (let nth = 0; nth < 3; nth++) await append();
    const head = (await findAuditHead(own.db)) ?? CHAIN_BEGIN;
    expect(await verify(head)).toMatchObject({ state: "intact" });
    await tamper("delete from audit where id = 3");
    expect(await verify()).toMatchObject({ state: "intact", count: 2 });
    expect(await verify(head)).toMatchObject({ state: "broken", id: 3, fault: "cut_off" });
    await append(START, "another.act");
    expect(await verify(head)).toMatchObject({ state: "broken", id: 3, fault: "head_differs" });
  });

  test("is not changed by an honest mistake", async () => {
    await append();
    for (const sql of ["update audit set actor = 'x'", "delete from audit", "truncate audit"])
      await expect(own.db.query(sql)).rejects.toThrow("never changed or deleted by hand");
    expect(await verify()).toMatchObject({ state: "intact", count: 1 });
  });
});

describe("the retention", () => {
  test("drops the oldest lines, and the rest can be verified", async () => {
    for (const day of [0, 1, 2, 3]) await append(START + day * 86_400_000);
    expect(await dropOldAudit(own, START + 2 * 86_400_000)).toBe(2);
    expect(await verify()).toMatchObject({ state: "intact", count: 2, head: { id: 4 } });
    expect(await dropOldAudit(own, START + 9 * 86_400_000)).toBe(2);
    await append();
    expect(await verify()).toMatchObject({ state: "intact", count: 1, head: { id: 5 } });
    await expect(own.db.query("delete from audit")).rejects.toThrow("by hand");
  });

  test("keeps an old line behind a newer one", async () => {
    for (const at of [START, START + 86_400_000, START]) await append(at);
    expect(await dropOldAudit(own, START + 1)).toBe(1);
    expect(await verify()).toMatchObject({ state: "intact", count: 2 });
  });
});

describe("the sink", () => {
  const send = (sink: string): Promise<void> =>
    sendAudit({ db: own.db, wallClock: systemClock }, sink, new AbortController().signal);
  const idsIn = (text: string): number[] => [...text.matchAll(/"id":(\d+)/g)].map(([, id]) => Number(id));

  test("by TCP gets each line in order, as RFC 5424, once it answers", async () => {
    for (let nth = 0; nth < 3; nth++) await append();
    let received = "";
    const server = createServer((socket) => {
      socket.on("data", (data) => (received += String(data)));
      socket.on("error", () => undefined);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    await send(`tcp://127.0.0.1:${port}`);
    expect(idsIn(received)).toEqual([1, 2, 3]);
    expect(received).toMatch(
      /^\d+ <110>1 2026-11-22T10:00:00\.000Z - sharekeeper - audit - \{"type":"audit"/,
    );
    server.close();
    await once(server, "close");
    await append();
    await expect(send(`tcp://127.0.0.1:${port}`)).rejects.toThrow("ECONNREFUSED");
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    await send(`tcp://127.0.0.1:${port}`);
    expect(idsIn(received)).toEqual([1, 2, 3, 4]);
    server.close();
  });

  test("by UDP gets each line", async () => {
    await append();
    const socket = createSocket("udp4").bind(0, "127.0.0.1");
    await once(socket, "listening");
    const arrived = once(socket, "message");
    await send(`udp://127.0.0.1:${socket.address().port}`);
    expect(idsIn(String((await arrived)[0]))).toEqual([1]);
    socket.close();
  });
});
