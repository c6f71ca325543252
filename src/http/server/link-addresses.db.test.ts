import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pathOf, readOperations } from "../../../test/support/api-calls.ts";
import { createTestApp, OURS, type Answer, type TestApp } from "../../../test/support/create-test-app.ts";
import { saveTestKey } from "../../../test/support/save-test-key.ts";

// S10: whoever has the address of a re-share link or an invitation acts as the client. So no read answers
// with one, and no event carries one: only an act does, of a role that may send it, with a line in the audit.

const WABA = "100000000000004";
const PASSWORD = "violet tractor lamp";

let app: TestApp;
let signupId: string;
let urls: { reshare: string; invitation: string; repair: string };
/** What a reader must never see: the signed part of each address that is live. */
let secrets: string[];
/** The ids that paths name, by the name of their collection or parameter. */
let ids: Record<string, string>;
/** Who reads, and the headers of their requests. */
const readers: [name: string, headers: Record<string, string>][] = [];

async function admin(method: string, path: string, body?: object): Promise<Answer["body"]> {
  const answer = await app.ask(method, `/api/v1${path}`, body);
  expect([method, path, answer.status < 300, answer.body]).toEqual([method, path, true, answer.body]);
  return answer.body;
}

const cookieOf = ({ headers }: Answer): Record<string, string> => ({
  Cookie: (headers.get("set-cookie") ?? "").split(";")[0] ?? "",
});
const keyOf = (key: string): Record<string, string> => ({ "X-API-Key": key });

beforeAll(async () => {
  app = await createTestApp();
  await app.emulator.act({ action: "partner.remove", waba_id: WABA, silent: true });
  const lost = await admin("POST", `/wabas/${WABA}/check`, {});
  expect(lost).toMatchObject({ status: "permission_removed", has_reshare_link: true });
  const link = await admin("POST", `/wabas/${WABA}/reshare-links`, {});
  const invited = await admin("POST", "/signups", { metadata: { name: "Willow Books" } });
  const repair = await admin("POST", "/signups", { waba_id: WABA });
  signupId = invited.id;
  urls = { reshare: link.url, invitation: invited.url, repair: repair.url };
  secrets = Object.values(urls).map((url) => url.split(".").at(-1) ?? "");
  for (const secret of secrets) expect(secret).toMatch(/^[0-9a-f]{40}$/);
  await admin("POST", `/wabas/${WABA}/notes`, { text: "a note" });
  const run = await admin("POST", "/imports", { rows: [{ waba_id: "100000000000007" }] });
  ids = {
    ...{ waba_id: WABA, numbers: lost.numbers[0].id, clients: lost.client.id, signups: repair.id },
    ...{ imports: run.id },
  };
  await joinReaders();
});
afterAll(() => app.stop());

async function joinReaders(): Promise<void> {
  const person = { email: "vera@provider.example", name: "Vera", role: "viewer" };
  const { invitation } = await admin("POST", "/users", person);
  const token = new URL(invitation.url).hash.replace("#invitation=", "");
  const joined = await app.ask("POST", "/api/v1/session/invitation", { token, password: PASSWORD }, {});
  expect(joined.body.session.actor.role).toBe("viewer");
  const { key } = await admin("POST", "/api-keys", { name: "Read only", role: "viewer" });
  const byKey = await app.ask("POST", "/api/v1/session", { api_key: key }, {});
  await saveTestKey(app.database.db, "scoped", { role: "viewer", scopes: ["reshare", "onboarding"] });
  readers.push(
    ["a viewer", cookieOf(joined)],
    ["a read-only API key", keyOf(key)],
    ["a session of that key", cookieOf(byKey)],
    ["a read-only key with the scopes of links", keyOf("scoped")],
    // An administrator may have it, but a read leaves no line in the audit.
    ["an administrator", OURS],
  );
}

const secretsIn = (text: string): string[] => secrets.filter((secret) => text.includes(secret));

/** Each read with all media types that it has. Names and answers of those that answered. */
async function sweep(headers: Record<string, string>): Promise<{ leaks: string[]; read: Set<string> }> {
  const leaks: string[] = [];
  const read = new Set<string>();
  const reads = (await readOperations(app)).filter(({ method }) => method === "GET");
  expect(reads.length).toBeGreaterThan(40);
  for (const route of reads.filter(({ answer }) => answer.contentType !== "text/event-stream"))
    for (const type of [route.answer.contentType ?? "application/json", ...(route.answer.alsoAs ?? [])]) {
      const response = await fetch(app.url + pathOf(route, ids), {
        ...{ redirect: "manual", headers: { ...headers, Accept: type } },
      });
      const text = (await response.text()) + JSON.stringify([...response.headers]);
      if (secretsIn(text).length > 0) leaks.push(`${route.name} ${type}`);
      if (response.status === 200) read.add(route.name);
    }
  return { leaks, read };
}

describe("no read and no event holds the address of a link", () => {
  test("not to a viewer, to a read-only key, nor to an administrator, in any GET of the API", async () => {
    for (const [name, headers] of readers) {
      const { leaks, read } = await sweep(headers);
      expect([name, leaks]).toEqual([name, []]);
      const always = ["listReshareLinks", "listSignups", "getSignup"];
      const unscoped = ["getWaba", "listWabas", "listTimeline", "listEvents", "getNumber", "getImport"];
      const expected = name.includes("scopes") ? always : [...always, ...unscoped];
      expect([name, expected.filter((each) => !read.has(each))]).toEqual([name, []]);
      if (name === "an administrator") expect(read).toContain("listAudit");
    }
  });

  test("a refusal names only that a link exists", async () => {
    for (const path of [`/wabas/${WABA}/commerce-settings`, `/numbers/${ids["numbers"]}/commerce-settings`]) {
      const { status, body } = await app.ask("GET", `/api/v1${path}`);
      expect([path, status, body.code, body.has_reshare_link]).toEqual([path, 403, "waba_not_shared", true]);
      expect(body).not.toHaveProperty("reshare_url");
    }
    const { status, body } = await app.ask("POST", `/api/v1/wabas/${WABA}/reopen`, {});
    expect([status, body.code, body.has_reshare_link]).toEqual([409, "not_stopped_by_us", true]);
    expect(secretsIn(JSON.stringify(body))).toEqual([]);
  });

  test("not in the event stream, neither in missed events nor in new ones", async () => {
    for (const [name, headers] of readers.filter(([each]) => !each.includes("scopes"))) {
      const leaving = new AbortController();
      const response = await fetch(`${app.url}/api/v1/events/stream?after=0`, {
        ...{ headers, signal: leaving.signal },
      });
      expect([name, response.status]).toEqual([name, 200]);
      const chunks = response.body?.pipeThrough(new TextDecoderStream()).getReader();
      let text = "";
      const readUntil = async (isThere: () => boolean): Promise<void> => {
        while (!(isThere() && text.endsWith("\n\n"))) {
          const { done, value = "" } = (await chunks?.read()) ?? { done: true };
          if (done) throw new Error(`the stream ended: ${text.slice(-500)}`);
          text += value;
        }
      };
      await readUntil(() => text.includes('"type":"waba.share.lost"'));
      expect(text).toContain('"has_reshare_link":true');
      const length = text.length;
      await admin("POST", `/wabas/${WABA}/close`, { reason: `Read by ${name}` });
      await admin("POST", `/wabas/${WABA}/reopen`, {});
      await readUntil(() => text.slice(length).includes('"status":"closed"'));
      leaving.abort();
      expect([name, secretsIn(text)]).toEqual([name, []]);
    }
  });

  test("the writes of a signup answer without it, but its creation answers with it", async () => {
    const begun = await app.ask("POST", `/api/v1/signups/${signupId}/events`, { type: "begun" });
    expect([begun.status, begun.body.has_invitation_link]).toEqual([200, true]);
    expect(begun.body).not.toHaveProperty("url");
    expect(secretsIn(JSON.stringify(begun.body))).toEqual([]);
    expect(urls.invitation).toMatch(/\/onboard\/sgn_/);
  });
});

describe("an act answers with the address", () => {
  const reshare = (headers?: Record<string, string>): Promise<Answer> =>
    app.ask("POST", `/api/v1/wabas/${WABA}/reshare-links`, {}, headers);
  const invitation = (headers?: Record<string, string>, id = signupId): Promise<Answer> =>
    app.ask("POST", `/api/v1/signups/${id}/invitation-link`, {}, headers);
  const lines = async (action: string, actor: string): Promise<{ outcome: string; target: object }[]> =>
    (await admin("GET", `/audit?action=${action}&actor=${actor}`)).data;

  test("to support that of a re-share link, to an operator that of an invitation, with a line in the audit", async () => {
    const { db } = app.database;
    const support = await saveTestKey(db, "support", { role: "support" });
    expect((await reshare(keyOf("support"))).body.url).toBe(urls.reshare);
    expect(await lines("reshare_link.opened", support.id)).toMatchObject([
      { outcome: "done", target: { type: "waba", id: WABA } },
    ]);
    const operator = await saveTestKey(db, "operator", { role: "operator" });
    const link = await invitation(keyOf("operator"));
    const { expires_at } = await admin("GET", `/signups/${signupId}`);
    expect([link.status, link.body]).toEqual([200, { url: urls.invitation, expires_at }]);
    expect(await lines("signup.link_opened", operator.id)).toMatchObject([
      { outcome: "done", target: { type: "signup", id: signupId } },
    ]);
    expect((await fetch(link.body.url)).status).toBe(200);
  });

  test("a viewer is refused both, support the invitation", async () => {
    const [, [, readOnly] = ["", {}]] = readers;
    for (const refused of [await reshare(readOnly), await invitation(readOnly)])
      expect([refused.status, refused.body.code]).toEqual([403, "not_permitted"]);
    const refused = await invitation(keyOf("support"));
    expect([refused.status, refused.body.code]).toEqual([403, "not_permitted"]);
    expect(await lines("signup.link_opened", "key_support")).toMatchObject([{ outcome: "refused" }]);
  });

  test("a key of certain scopes needs the one that fits", async () => {
    const { db } = app.database;
    await saveTestKey(db, "reshare", { role: "operator", scopes: ["reshare"] });
    await saveTestKey(db, "onboarding", { role: "operator", scopes: ["onboarding"] });
    expect((await reshare(keyOf("reshare"))).body.url).toBe(urls.reshare);
    expect((await invitation(keyOf("onboarding"))).body.url).toBe(urls.invitation);
    expect((await reshare(keyOf("onboarding"))).body.code).toBe("scope_missing");
    expect((await invitation(keyOf("reshare"))).body.code).toBe("scope_missing");
  });

  test("an ended signup has no address any more", async () => {
    const { id } = await admin("POST", "/signups", {});
    const ended = await admin("POST", `/signups/${id}/abandon`, {});
    expect(ended.has_invitation_link).toBe(false);
    const refused = await invitation(undefined, id);
    expect([refused.status, refused.body.code]).toEqual([409, "no_invitation_link"]);
  });
});
