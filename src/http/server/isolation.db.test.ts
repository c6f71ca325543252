import { afterAll, beforeAll, expect, test } from "vitest";
import { pathOf, readOperations } from "../../../test/support/api-calls.ts";
import { createTestApp, type Answer, type TestApp } from "../../../test/support/create-test-app.ts";
import { saveTestKey } from "../../../test/support/save-test-key.ts";
import { saveConnection } from "../../directory/connection-store.ts";
import type { Route } from "../kit/route.ts";

// Whoever is limited to one client never learns that another one is here: an id of the other's answers as one
// that nobody has. Both clients live in one installation; the key is an administrator's, so no role protects.

const OWN_WABA = "100000000000001";
const OTHER_WABA = "100000000000006";
const OTHER_NAME = "Quarry Tools";
const UNKNOWN = "999999999999999";
const KEY = { "X-API-Key": "isolated" };

interface Tenant {
  /** The ids that paths name, by the name of their collection or parameter. */
  ids: Record<string, string>;
  /** The same with Meta's id of the number instead of ours. */
  metaIds: Record<string, string>;
  clientId: string;
}

let app: TestApp;
let own: Tenant;
let other: Tenant;
/** What only the other client has: ids, names, numbers. */
let otherWords: string[];

beforeAll(async () => {
  app = await createTestApp();
  other = await populate(OTHER_WABA);
  own = await populate(OWN_WABA);
  await saveTestKey(app.database.db, "isolated", { role: "admin", clientId: own.clientId });
  const number = await admin("GET", `/numbers/${other.ids.numbers}`);
  const waba = await admin("GET", `/wabas/${OTHER_WABA}`);
  const phone = String(number.display_phone_number);
  otherWords = [
    ...[...Object.values(other.ids), ...Object.values(other.metaIds), OTHER_NAME, waba.client.business_id],
    ...[phone, phone.replace(/\D/g, ""), await assetIdOf(OTHER_WABA), `note-on-${OTHER_WABA}`],
  ];
  for (const word of otherWords) expect(word).toMatch(/^.{6,}$/);
});
afterAll(() => app.stop());

async function admin(method: string, path: string, body?: object): Promise<Answer["body"]> {
  const answer = await app.ask(method, `/api/v1${path}`, body);
  expect([method, path, answer.status < 300, answer.status < 300 || answer.body]).toEqual([
    ...[method, path, true, true],
  ]);
  return answer.body;
}

/** Everything of a WABA that a path can name, with a line or more in its journal. */
async function populate(wabaId: string): Promise<Tenant> {
  const waba = await admin("GET", `/wabas/${wabaId}`);
  const [number] = waba.numbers;
  const signup = await admin("POST", "/signups", { waba_id: wabaId });
  const link = await admin("POST", `/wabas/${wabaId}/reshare-links`, {});
  const key = await admin("POST", `/numbers/${number.id}/keys`, { label: "till" });
  await admin("POST", `/wabas/${wabaId}/notes`, { text: `note-on-${wabaId} is on it` });
  await admin("POST", `/wabas/${wabaId}/close`, { reason: "Invoice" });
  const email = `portal-${wabaId}@example.test`;
  const person = await admin("POST", "/users", {
    ...{ email, name: `Portal of ${wabaId}`, role: "client", client_id: waba.client.id },
  });
  const apiKey = await admin("POST", "/api-keys", {
    ...{ name: `Key of ${wabaId}`, role: "viewer", client_id: waba.client.id },
  });
  const signIn = await app.ask("POST", "/api/v1/session", { api_key: apiKey.key });
  expect(signIn.status).toBe(200);
  const [session] = (await admin("GET", "/sessions?all=true")).data;
  const ids = {
    ...{ waba_id: wabaId, numbers: number.id, clients: waba.client.id, signups: signup.id },
    ...{ link_id: link.id, key_id: key.id, users: person.id, "api-keys": apiKey.id, sessions: session.id },
  };
  return { ids, metaIds: { ...ids, numbers: number.phone_number_id }, clientId: waba.client.id };
}

async function assetIdOf(wabaId: string): Promise<string> {
  const [row] = await app.database.db.query<{ owner_id: string }>(
    "select owner_id from meta_id where type = 'waba' and meta_id = $1",
    [wabaId],
  );
  return row?.owner_id ?? "";
}

interface Told {
  status: number;
  text: string;
  headers: string;
}

async function tell(method: string, path: string, body?: object, headers: object = {}): Promise<Told> {
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const type = body === undefined ? {} : { "Content-Type": "application/json" };
  const leaving = new AbortController();
  const response = await fetch(app.url + path, {
    ...{ method, redirect: "manual", signal: leaving.signal, ...sent },
    headers: { ...KEY, ...type, ...headers },
  });
  const isStream = response.headers.get("content-type")?.startsWith("text/event-stream") ?? false;
  const text = isStream ? "" : await response.text();
  if (isStream) leaving.abort();
  return { status: response.status, text, headers: JSON.stringify([...response.headers]) };
}

/** A body that the call takes, so that only the limits of the key stand in its way. */
const BODIES: Readonly<Record<string, object>> = {
  updateWaba: { tags: ["mine"] },
  closeWaba: { reason: "not yours" },
  addNote: { text: "not yours" },
  setWebhookOverride: { url: "https://hooks.example.test/", verify_token: "not-yours-at-all" },
  setNumberWebhookOverride: { url: "https://hooks.example.test/", verify_token: "not-yours-at-all" },
  recordSignupEvent: { type: "begun" },
  registerNumber: { pin: "123456" },
  createKey: { label: "mine" },
};

const bodyOf = (route: Route): object | undefined =>
  route.method === "GET" ? undefined : (BODIES[route.name] ?? {});

/** The answer without the ids that were sent, and without what differs in every answer. */
function plain({ status, text }: Told, sent: Readonly<Record<string, string>> | null): [number, string] {
  const withoutOwn = text.replace(/"request_id":"[^"]*"/g, "").replaceAll(UNKNOWN, "ID");
  const ids = Object.values(sent ?? {});
  return [status, ids.reduce((rest, id) => rest.replaceAll(id, "ID"), withoutOwn)];
}

const wordsIn = (text: string, sent: readonly string[] = []): string[] => {
  const told = sent.reduce((rest, id) => rest.replaceAll(id, ""), text);
  return otherWords.filter((word) => told.includes(word));
};

/** Every row of the database that names the other client, except the audit, which tells of refusals too. */
async function rowsOfOther(): Promise<Record<string, string[]>> {
  const { db } = app.database;
  const tables = await db.query<{ name: string }>(
    `select tablename as name from pg_tables where schemaname = current_schema()
     and tablename not in ('audit', 'waba_import_row') order by 1`,
  );
  const found: Record<string, string[]> = {};
  for (const { name } of tables) {
    const rows = await db.query<{ row: string }>(
      `select to_jsonb(t)::text as row from "${name}" t order by 1`,
    );
    const named = rows.map(({ row }) => row).filter((row) => wordsIn(row).length > 0);
    if (named.length > 0) found[name] = named;
  }
  return found;
}

async function requestsAboutOther(): Promise<number> {
  const response = await fetch(`${app.emulator.url}/_emulator/journal?kind=requests`);
  const { data } = (await response.json()) as { data: object[] };
  return data.filter((line) => wordsIn(JSON.stringify(line)).length > 0).length;
}

async function actsOnOther(): Promise<unknown[]> {
  return app.database.db.query(
    `select action, outcome from audit where actor = 'key_isolated' and outcome <> 'refused'
     and (waba_id = any($1) or target_id = any($1))`,
    [otherWords],
  );
}

test("an id of another client answers as one that nobody has, in every call, and changes nothing", async () => {
  const before = await rowsOfOther();
  const requestCount = await requestsAboutOther();
  expect(Object.keys(before)).toEqual(
    expect.arrayContaining(["asset", "channel_key", "journal", "number", "reshare_link", "share", "signup"]),
  );
  const routes = (await readOperations(app)).filter(({ path }) => path.includes("{"));
  expect(routes.length).toBeGreaterThan(30);
  for (const route of routes) {
    for (const ids of [other.ids, other.metaIds]) {
      const unknown = await tell(route.method, pathOf(route), bodyOf(route));
      const told = await tell(route.method, pathOf(route, ids), bodyOf(route));
      expect([route.name, ...plain(told, ids)]).toEqual([route.name, ...plain(unknown, null)]);
      expect([route.name, wordsIn(told.text, Object.values(ids)), wordsIn(told.headers)]).toEqual([
        ...[route.name, [], []],
      ]);
      expect([route.name, told.status >= 400 && told.status < 500]).toEqual([route.name, true]);
    }
  }
  expect(await actsOnOther()).toEqual([]);
  expect(await requestsAboutOther()).toBe(requestCount);
  expect(await rowsOfOther()).toEqual(before);
});

test("below an own WABA or number, a link or key of another is unknown too", async () => {
  const before = await rowsOfOther();
  const routes = (await readOperations(app)).filter(({ path }) => /\{(link|key)_id\}/.test(path));
  expect(routes.map(({ name }) => name).sort()).toEqual(["revokeKey", "revokeReshareLink"]);
  for (const route of routes) {
    const { link_id, key_id } = other.ids;
    const sent = { ...own.ids, link_id: link_id ?? "", key_id: key_id ?? "" };
    const unknown = { ...own.ids, link_id: UNKNOWN, key_id: UNKNOWN };
    const told = await tell(route.method, pathOf(route, sent), {});
    expect([route.name, ...plain(told, sent)]).toEqual([
      ...[route.name, ...plain(await tell(route.method, pathOf(route, unknown), {}), own.ids)],
    ]);
    expect(told.status).toBe(404);
  }
  expect(await rowsOfOther()).toEqual(before);
});

test("its own ids answer, so the refusals are the limit's", async () => {
  for (const path of [`/wabas/${OWN_WABA}`, `/numbers/${own.ids.numbers}`, `/signups/${own.ids.signups}`]) {
    const told = await tell("GET", `/api/v1${path}`);
    expect([path, told.status, wordsIn(told.text)]).toEqual([path, 200, []]);
  }
});

test("calls without an id answer what is its own, or that the key is limited", async () => {
  const routes = (await readOperations(app)).filter(({ path }) => !path.includes("{"));
  const answers: Record<string, string> = {};
  for (const route of routes.filter(({ method }) => method === "GET")) {
    const { status, text, headers } = await tell("GET", route.path);
    expect([route.name, wordsIn(text), wordsIn(headers)]).toEqual([route.name, [], []]);
    answers[route.name] = status === 200 ? text : `${status} ${JSON.parse(text).code}`;
    if (route.confinedBy === undefined && route.who !== "anyone" && route.path.startsWith("/api/v1/"))
      expect([route.name, answers[route.name]]).toEqual([route.name, "403 client_limited"]);
  }
  for (const name of ["listWabas", "listEvents", "listSignups"]) expect(answers[name]).toContain(OWN_WABA);
  expect(answers.listClients).toContain(own.clientId);
});

test("writes without an id are refused, or are about the caller alone", async () => {
  const before = await rowsOfOther();
  const writes = (await readOperations(app)).filter(
    ({ path, method }) => !path.includes("{") && method !== "GET",
  );
  for (const route of writes) {
    const told = await tell(route.method, route.path, bodyOf(route));
    expect([route.name, wordsIn(told.text), wordsIn(told.headers)]).toEqual([route.name, [], []]);
    if (route.confinedBy === undefined && route.who !== "anyone")
      expect([route.name, told.status, JSON.parse(told.text).code]).toEqual([
        ...[route.name, 403, "client_limited"],
      ]);
  }
  expect(await actsOnOther()).toEqual([]);
  expect(await rowsOfOther()).toEqual(before);
});

test("a filter or body that names another client answers as for an unknown id", async () => {
  const before = await rowsOfOther();
  const { signups, numbers } = other.ids;
  const ids = { ...other.ids, name: OTHER_NAME };
  const queries: [path: string, known: string | undefined][] = [
    ["/signups?waba_id=", OTHER_WABA],
    ["/signups?q=", signups],
    ["/signups?q=", OTHER_WABA],
    ["/wabas?client_id=", other.clientId],
    ["/wabas?q=", OTHER_NAME],
    ["/wabas?q=", OTHER_WABA],
    ["/wabas?q=", numbers],
    ["/wabas?q=", other.metaIds.numbers],
  ];
  for (const [path, known = ""] of queries) {
    const told = await tell("GET", `/api/v1${path}${encodeURIComponent(known)}`);
    const unknown = await tell("GET", `/api/v1${path}${UNKNOWN}`);
    expect([path, known, ...plain(told, ids)]).toEqual([path, known, ...plain(unknown, null)]);
  }
  const bodies: [path: string, body: (id: string) => object, known: string][] = [
    ["/signups", (id) => ({ waba_id: id }), OTHER_WABA],
    ["/can-send", (id) => ({ numbers: [id] }), numbers ?? ""],
    ["/can-send", (id) => ({ numbers: [id] }), other.metaIds.numbers ?? ""],
    ["/imports", (id) => ({ rows: [{ waba_id: id }] }), OTHER_WABA],
  ];
  for (const [path, body, known] of bodies) {
    const told = await tell("POST", `/api/v1${path}`, body(known));
    const unknown = await tell("POST", `/api/v1${path}`, body(UNKNOWN));
    expect([path, ...plain(told, { ...ids, known })]).toEqual([path, ...plain(unknown, null)]);
  }
  expect(await actsOnOther()).toEqual([]);
  expect(await rowsOfOther()).toEqual(before);
});

test("the CSV export has only its own rows, whatever the filter", async () => {
  for (const query of ["", `?q=${encodeURIComponent(OTHER_NAME)}`, `?client_id=${other.clientId}`]) {
    const told = await tell("GET", `/api/v1/wabas${query}`, undefined, { Accept: "text/csv" });
    expect([told.status, told.headers.includes("text/csv")]).toEqual([200, true]);
    // The filter itself stands in the first line and in the file's name.
    const asked = query === "" ? [] : [OTHER_NAME, encodeURIComponent(OTHER_NAME), other.clientId];
    expect([query, wordsIn(told.text, asked), told.text.includes(OWN_WABA)]).toEqual([
      query,
      [],
      query === "",
    ]);
  }
});

test("the event stream sends its own events only, missed ones and new ones", async () => {
  const leaving = new AbortController();
  const response = await fetch(`${app.url}/api/v1/events/stream?after=0`, {
    ...{ headers: KEY, signal: leaving.signal },
  });
  const chunks = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  // An event is one line: until it is complete, it may say less than it will.
  const readUntil = async (type: string): Promise<void> => {
    while (!(text.includes(`"type":"${type}"`) && text.endsWith("\n\n"))) {
      const { done, value = "" } = (await chunks?.read()) ?? { done: true };
      if (done) throw new Error(`the stream ended before ${type}: ${text.slice(-500)}`);
      text += value;
    }
  };
  await readUntil("waba.gate.closed");
  const missed = text;
  text = "";
  await admin("POST", `/wabas/${OTHER_WABA}/reopen`, {});
  await admin("POST", `/wabas/${OWN_WABA}/reopen`, {});
  await readUntil("waba.gate.opened");
  leaving.abort();
  expect([wordsIn(missed), wordsIn(text)]).toEqual([[], []]);
  expect([missed.includes(OWN_WABA), text.includes(OWN_WABA)]).toEqual([true, true]);
}, 10_000);

test("a key of one connection sees and does nothing of another connection's", async () => {
  const before = await rowsOfOther();
  const connection = { id: "elsewhere", businessId: "700000000000009", appId: "1", systemUserId: "2" };
  await saveConnection(app.database.db, {
    ...{ ...connection, graphVersion: "v25.0", partnerName: "Elsewhere", publicUrl: null, mode: "enforce" },
  });
  await saveTestKey(app.database.db, "elsewhere", { role: "admin", connectionId: "elsewhere" });
  const key = { "X-API-Key": "elsewhere" };
  for (const route of await readOperations(app)) {
    const isAboutOne = route.path.includes("{");
    if (!isAboutOne && route.method !== "GET") continue;
    const told = await tell(route.method, pathOf(route, other.ids), bodyOf(route), key);
    const sent = isAboutOne ? Object.values(other.ids) : [];
    expect([route.name, wordsIn(told.text, sent), wordsIn(told.headers)]).toEqual([route.name, [], []]);
    if (!isAboutOne) continue;
    const unknown = await tell(route.method, pathOf(route), bodyOf(route), key);
    expect([route.name, ...plain(told, other.ids)]).toEqual([route.name, ...plain(unknown, null)]);
    expect([route.name, told.status >= 400 && told.status < 500]).toEqual([route.name, true]);
  }
  expect(JSON.parse((await tell("GET", "/api/v1/wabas", undefined, key)).text).data).toEqual([]);
  expect(await rowsOfOther()).toEqual(before);
});
