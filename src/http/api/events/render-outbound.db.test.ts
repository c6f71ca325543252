import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApp, type TestApp } from "../../../../test/support/create-test-app.ts";
import { EVENT_TYPES, type EventType } from "../../../delivery/event-types.ts";
import { contextOf } from "../wabas/get-waba.ts";
import { httpSettingsOf } from "../../server/http-settings.ts";
import { outboundSchemaOf } from "./outbound-event.ts";
import { renderOutbound } from "./render-outbound.ts";

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.stop());

const ATLAS = "100000000000004";
const JUNIPER = "100000000000005";
const NORTHWIND = { waba: "100000000000002", number: "200000000000002" };

const api = async (method: string, path: string, body?: object): Promise<void> => {
  const { status, body: answer } = await app.ask(method, `/api/v1${path}`, body);
  if (status >= 300) throw new Error(JSON.stringify(answer));
};
const act = (action: string, on: object): Promise<unknown> =>
  app.emulator.act({ action, ...on, silent: true });
const check = (wabaId: string): Promise<void> => api("POST", `/wabas/${wabaId}/check`);

/** The story of four WABAs: lost and restored, reduced, a number that is gone, terms, stops. */
async function live(): Promise<void> {
  for (const wabaId of [ATLAS, JUNIPER, NORTHWIND.waba]) await check(wabaId);
  await act("partner.remove", { waba_id: ATLAS });
  await check(ATLAS);
  await act("partner.assign", { waba_id: ATLAS });
  await app.setClock({ mode: "frozen", advance_ms: 60_000 });
  await check(ATLAS);
  await act("partner.reduce", { waba_id: JUNIPER, tasks: ["DEVELOP"] });
  await check(JUNIPER);
  await act("number.deregister", { phone_number_id: NORTHWIND.number });
  await check(NORTHWIND.waba);
  await api("PATCH", `/wabas/${NORTHWIND.waba}`, { mode: "observe" });
}

test("each event of a journey is as its type says in the document, without a field that the document lacks", async () => {
  await live();
  const { db } = app.database;
  const { clock } = app.deps;
  const rows = await db.query<{ seq: string; type: EventType }>("select seq, type from journal order by seq");
  const world = { version: "0.0.0", hubDir: "", sandbox: null };
  const settings = httpSettingsOf(app.config, world);
  const render = renderOutbound(
    db,
    () => contextOf({ settings, clock }),
    () => Promise.resolve(new Map()),
  );
  const events = await render(rows.map(({ seq }) => seq));
  expect(events.size).toBe(rows.length);
  for (const { seq, type } of rows) {
    expect(EVENT_TYPES).toHaveProperty([type]);
    const body: unknown = JSON.parse(JSON.stringify(events.get(seq)?.body));
    expect(outboundSchemaOf(type).parse(body)).toEqual(body);
  }
  const types = new Set(rows.map(({ type }) => type));
  for (const type of ["waba.share.lost", "waba.share.restored", "waba.share.partial", "waba.gate.closed"])
    expect(types).toContain(type);
  for (const type of ["waba.gate.opened", "number.changed", "waba.terms.changed", "waba.imported"])
    expect(types).toContain(type);
});
