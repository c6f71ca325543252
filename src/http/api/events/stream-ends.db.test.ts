/**
 * S4: an event stream or a long export ends with the session or key that opened it, on every instance. The
 * wall clock is frozen, so that an end without an advance is the work of a notice.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApp, OURS, type Answer, type TestApp } from "../../../../test/support/create-test-app.ts";
import { openStream, type Stream } from "../../../../test/support/event-stream.ts";
import { until } from "../../../../test/support/until.ts";

const IDLE_MS = 30 * 60_000;
const PASSWORD = "violet tractor lamp";

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp({ SESSION_IDLE_S: String(IDLE_MS / 1000) }, undefined, "emulator");
  await app.setClock({ mode: "frozen" });
});
afterAll(() => app.stop());

type Headers = Record<string, string>;

const cookieOf = ({ headers }: Answer): Headers => ({
  Cookie: (headers.get("set-cookie") ?? "").split(";")[0] ?? "",
  Origin: app.url,
  "Content-Type": "application/json",
});

let count = 0;

/** A person who has just signed in. */
async function join(role = "operator"): Promise<{ id: string; email: string; own: Headers }> {
  const email = `person.${(count += 1)}@provider.example`;
  const { body } = await app.ask("POST", "/api/v1/users", { email, name: "Paula", role });
  const token = new URL(body.invitation.url).hash.replace("#invitation=", "");
  const answer = await app.ask("POST", "/api/v1/session/invitation", { token, password: PASSWORD }, {});
  expect(answer.status).toBe(200);
  return { id: body.id, email, own: cookieOf(answer) };
}

const listen = (headers: Headers, url = app.url): Promise<Stream> => openStream(url, headers);
async function change(id: string, body: object): Promise<void> {
  expect((await app.ask("PATCH", `/api/v1/users/${id}`, body)).status).toBe(200);
}
const statusOf = async (headers: Headers, extra: Headers = {}): Promise<number> =>
  (await app.ask("GET", "/api/v1/session", undefined, { ...headers, ...extra })).status;

test("signing out ends the session's streams, and no other session's", async () => {
  const { email, own } = await join();
  const elsewhere = cookieOf(await app.ask("POST", "/api/v1/session", { email, password: PASSWORD }, {}));
  const [first, second, other] = [await listen(own), await listen(own), await listen(elsewhere)];
  expect((await app.ask("DELETE", "/api/v1/session", undefined, own)).status).toBe(204);
  await Promise.all([first.ended(), second.ended()]);
  expect((await fetch(`${app.url}/api/v1/events/stream`, { headers: own })).status).toBe(401);
  await expectOpen(other);
});

test("a session that an administrator ends loses its streams", async () => {
  const { own } = await join();
  const stream = await listen(own);
  const { body } = await app.ask("GET", "/api/v1/sessions", undefined, own);
  expect((await app.ask("DELETE", `/api/v1/sessions/${body.data[0].id}`)).status).toBe(204);
  await stream.ended();
});

test("a revoked API key loses its streams", async () => {
  const made = (await app.ask("POST", "/api/v1/api-keys", { name: "CRM", role: "viewer" })).body;
  const stream = await listen({ "X-API-Key": made.key });
  expect((await app.ask("DELETE", `/api/v1/api-keys/${made.id}`)).status).toBe(204);
  await stream.ended();
});

test("a suspended person's stream ends, and so does a removed person's", async () => {
  const [suspended, removed] = [await join(), await join()];
  const streams = [await listen(suspended.own), await listen(removed.own)];
  await change(suspended.id, { state: "suspended" });
  await app.ask("DELETE", `/api/v1/users/${removed.id}`);
  await Promise.all(streams.map((stream) => stream.ended()));
});

test("a demoted person's stream ends, and opens again with the new role", async () => {
  const { id, own } = await join("operator");
  const stream = await listen(own);
  await change(id, { name: "Pauline" });
  await change(id, { role: "viewer" });
  await stream.ended();
  (await listen(own)).leave();
});

test("a new password ends the streams that the old cookie opened, in the own session too", async () => {
  const { own } = await join();
  const stream = await listen(own);
  const body = { current: PASSWORD, new: "amber kettle bridge" };
  const changed = await app.ask("PUT", "/api/v1/session/password", body, own);
  expect(changed.status).toBe(204);
  await stream.ended();
  (await listen(cookieOf(changed))).leave();
});

test("an export that is under way breaks off with the key that asked for it", async () => {
  // More than the sockets hold, so that the export waits for its reader.
  await app.database.db.query(
    `insert into audit (id, at, actor, action, outcome, detail, hash)
     select max(id) + n, now(), 'test', 'test.written', 'done',
       jsonb_build_object('text', repeat(md5(n::text), 300)), ''
     from audit, generate_series(1, 3000) n group by n`,
  );
  const made = (await app.ask("POST", "/api/v1/api-keys", { name: "SIEM", role: "admin" })).body;
  const answer = await fetch(`${app.url}/api/v1/audit`, {
    headers: { "X-API-Key": made.key, Accept: "application/x-ndjson", "Accept-Encoding": "identity" },
  });
  expect(answer.status).toBe(200);
  const stream = await listen({ "X-API-Key": made.key });
  expect((await app.ask("DELETE", `/api/v1/api-keys/${made.id}`)).status).toBe(204);
  // Both ended by one check, so the export is over before it is read.
  await stream.ended();
  await expect(answer.text()).rejects.toThrow("terminated");
});

test("a change at one instance ends the streams of another", async () => {
  const other = await app.startAnother();
  const [ending, staying] = [await join(), await join()];
  const [ended, open] = [await listen(ending.own, other), await listen(staying.own, other)];
  await app.ask("DELETE", "/api/v1/session", undefined, ending.own);
  await ended.ended();
  await expectOpen(open);
});

test("a stream keeps no session from going idle, nor do polls of a page that nobody touches", async () => {
  const [away, there] = [await join(), await join()];
  const [ended, open] = [await listen(away.own), await listen(there.own)];
  for (let n = 0; n < 5; n += 1) {
    await app.setClock({ advance_ms: IDLE_MS / 6 });
    const polled = await statusOf(away.own, { "Sharekeeper-Background": "1" });
    (await listen(away.own)).leave();
    expect([polled, await statusOf(there.own)]).toEqual([200, 200]);
  }
  await app.setClock({ advance_ms: IDLE_MS / 6 });
  expect([await statusOf(away.own), await statusOf(there.own)]).toEqual([401, 200]);
  let isOver = false;
  const over = ended.ended().then(() => (isOver = true));
  await until("the idle session's stream ends", async () => {
    await app.setClock({ advance_ms: 4_000 });
    return isOver ? true : undefined;
  });
  await over;
  await expectOpen(open);
});

test("S24: a re-share page that is open in a signed-in browser keeps the session while it is touched", async () => {
  const [away, there] = [await join(), await join()];
  const link = await app.ask("POST", "/api/v1/wabas/100000000000008/reshare-links", {});
  const poll = (own: Headers): Promise<Answer> =>
    app.ask("GET", `${new URL(link.body.url).pathname}/state`, undefined, own);
  for (let n = 0; n < 6; n += 1) {
    await app.setClock({ advance_ms: IDLE_MS / 6 });
    const polled = [await poll({ ...away.own, "Sharekeeper-Background": "1" }), await poll(there.own)];
    expect(polled.map(({ status }) => status)).toEqual([200, 200]);
  }
  expect([await statusOf(away.own), await statusOf(there.own)]).toEqual([401, 200]);
});

/** The stream brings the next event. */
async function expectOpen(stream: Stream): Promise<void> {
  const wabaId = `10000000000000${(lost += 1)}`;
  await app.emulator.act({ action: "partner.remove", waba_id: wabaId, silent: true });
  await app.ask("POST", `/api/v1/wabas/${wabaId}/check`, undefined, OURS);
  expect((await stream.next()).event.waba_id).toBe(wabaId);
  stream.leave();
}
let lost = 3;
