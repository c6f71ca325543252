/**
 * What a client says on its own page reaches the provider: as events, in the API, and in whose turn it is.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { call, type Answer } from "../support/http-call.ts";
import { openSandbox, type TestSandbox } from "../support/sandbox.ts";
import { until } from "../support/until.ts";

const ATLAS = { waba: "100000000000004", number: "200000000000005" };
const JUNIPER = "100000000000005";
const LINDEN = { waba: "100000000000008", number: "200000000000009" };
const HALF_HOUR = 30 * 60_000;
const BROWSER = {
  "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Chrome/140 Safari/537.36",
  Accept: "text/html",
};
const PROGRAM = { Accept: "application/json" };

let app: TestSandbox;
beforeAll(async () => {
  app = await openSandbox();
});
afterAll(() => app.stop());

const link = async (wabaId: string, wish: unknown = {}): Promise<string> =>
  new URL((await app.api("POST", `/wabas/${wabaId}/reshare-links`, wish)).body.url).pathname;
const open = (path: string, headers: Record<string, string> = BROWSER): Promise<Answer> =>
  call("GET", app.url() + path, undefined, headers);
const say = (path: string, word: string, body?: unknown): Promise<Answer> =>
  call("POST", `${app.url()}${path}/${word}`, body, PROGRAM);
const signals = async (wabaId: string): Promise<Answer["body"]> => (await app.waba(wabaId)).client_signals;

/** Types of the events about a WABA, oldest first. */
async function eventsOf(wabaId: string, prefix = "reshare."): Promise<string[]> {
  const types: string[] = [];
  for (let after = "0"; ;) {
    const { data, has_more, next_cursor } = (await app.api("GET", `/events?limit=100&after=${after}`)).body;
    for (const event of data)
      if (event.waba_id === wabaId && event.type.startsWith(prefix)) types.push(event.type);
    if (!has_more) return types;
    after = next_cursor;
  }
}

async function overview(): Promise<Answer["body"]> {
  return (await app.api("GET", "/overview")).body.counts;
}

describe("the link is opened (P6)", () => {
  test("an operator's preview opens nothing, with a session or from the Hub", async () => {
    const path = await link(ATLAS.waba);
    const session = await fetch(`${app.url()}/api/v1/session`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ api_key: "sandbox-admin-key" }),
    });
    const cookie = session.headers.get("set-cookie")?.split(";")[0] ?? "";
    await open(path, { ...BROWSER, Cookie: cookie });
    await open(`${path}?preview=1`);
    expect(await eventsOf(ATLAS.waba)).toEqual([]);
    expect((await signals(ATLAS.waba)).link_opened_at).toBeNull();
  });

  test("nor does it say anything in the client's name; a check there is the operator's", async () => {
    const path = await link(ATLAS.waba);
    const session = await fetch(`${app.url()}/api/v1/session`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ api_key: "sandbox-admin-key" }),
    });
    const cookie = session.headers.get("set-cookie")?.split(";")[0] ?? "";
    const asOperator = (act: string, headers: Record<string, string> = PROGRAM): Promise<Answer> =>
      call("POST", `${app.url()}${path}/${act}`, undefined, { ...headers, Cookie: cookie });
    for (const act of ["intended", "resume", "opened", "app-works"])
      expect((await asOperator(act)).body).toMatchObject({ status: 403, code: "client_only" });
    expect((await say(path, "intended?preview=1")).body.code).toBe("client_only");
    // A form of the page leads back to the page, which says that it is a preview.
    expect(String((await asOperator("intended?lang=en", BROWSER)).body)).toContain(
      "Preview: you are signed in at 360dialog.",
    );
    const shown = String((await open(path, { ...BROWSER, Cookie: cookie })).body);
    expect(shown).toMatch(/intended\?lang=en&amp;preview=1">\s*<button class="button" disabled>/);
    expect((await asOperator("check")).status).toBe(200);
    const checked = (await app.timeline(ATLAS.waba)).find(({ kind }) => kind === "probe");
    expect(checked).toMatchObject({ actor: "key_admin" });
    const begun = await call(
      "POST",
      `${app.url()}${path}/signup`,
      { type: "begun" },
      { ...PROGRAM, Cookie: cookie },
    );
    const signups = await app
      .database()
      .query("select created_by from signup where id = $1", [begun.body.id]);
    expect(signups).toEqual([{ created_by: "key_admin" }]);
    expect(await signals(ATLAS.waba)).toMatchObject({ signal: null, link_opened_at: null });
    expect(await eventsOf(ATLAS.waba)).toEqual([]);
  });

  test("a visit is reported once per loss, and again after 30 minutes", async () => {
    const path = await link(ATLAS.waba);
    for (let visit = 0; visit < 3; visit += 1) await open(path);
    expect(await eventsOf(ATLAS.waba)).toEqual(["reshare.opened"]);
    expect(await signals(ATLAS.waba)).toMatchObject({ signal: "opened", link_opened_at: expect.any(String) });
    await app.advance(HALF_HOUR + 1000);
    await open(path);
    expect(await eventsOf(ATLAS.waba)).toEqual(["reshare.opened", "reshare.opened"]);
    const [listed] = (await app.api("GET", `/wabas/${ATLAS.waba}/reshare-links`)).body.data;
    expect(listed).toMatchObject({ state: "live", created_by: "system", opened_at: expect.any(String) });
    expect(JSON.stringify(listed)).not.toContain(path.split(".").at(-1));
  });

  test("the next loss is another story, with the same link", async () => {
    const path = await link(ATLAS.waba);
    await app.act("partner.assign", { waba_id: ATLAS.waba });
    await app.untilStatus(ATLAS.waba, "live");
    expect((await signals(ATLAS.waba)).link_opened_at).toBeNull();
    await app.act("partner.remove", { waba_id: ATLAS.waba });
    await app.untilStatus(ATLAS.waba, "permission_removed", undefined, 20_000);
    expect((await signals(ATLAS.waba)).link_opened_at).toBeNull();
    expect(await link(ATLAS.waba)).toBe(path);
    await open(path);
    expect((await eventsOf(ATLAS.waba)).length).toBe(3);
  });
});

describe("the client asks for a new link (P3, deviation 3)", () => {
  let old: string;

  test("a closed gate always has a live link: another takes the place of one that ends", async () => {
    old = await link(JUNIPER, { rotate: true, expires_in_s: 60 });
    await app.advance(61_000);
    const { value: id } = await until("another link", async () => {
      const [newest] = (await app.api("GET", `/wabas/${JUNIPER}/reshare-links`)).body.data;
      return newest.state === "live" && !old.includes(newest.id) ? (newest.id as string) : undefined;
    });
    expect(await app.waba(JUNIPER)).toMatchObject({ has_reshare_link: true });
    const { url } = (await app.api("POST", `/wabas/${JUNIPER}/reshare-links`, {})).body;
    expect(url).toContain(id);
    expect((await open(old)).status).toBe(410);
    expect((await open(`${new URL(url).pathname}?preview=1`)).status).toBe(200);
    expect((await app.send("200000000000006")).body.error.error_data.reshare_url).toBe(url);
  });

  test("then the provider must act, until it takes the link to send it; nothing else is promised", async () => {
    const before = await overview();
    const asked = await fetch(`${app.url()}${old}/fresh`, { method: "POST", headers: BROWSER });
    expect(await asked.text()).toContain("We have told 360dialog");
    expect(await app.waba(JUNIPER)).toMatchObject({
      who_must_act: "provider",
      client_signals: { signal: "asked_fresh", asked_for_link_at: expect.any(String) },
      has_reshare_link: true,
    });
    // The gateway says the same.
    const { error } = (await app.send("200000000000006")).body;
    expect(error.error_data).toMatchObject({ who_must_act: "provider", reshare_url: expect.any(String) });
    expect(error.error_data.details).toContain("Action needed: 360dialog.");
    await until("it is counted", async () =>
      (await overview()).provider > before.provider ? true : undefined,
    );
    const { data } = (await app.api("GET", "/wabas?client_signal=asked_fresh&who_must_act=provider")).body;
    expect(data.map((waba: { id: string }) => waba.id)).toEqual([JUNIPER]);
    await link(JUNIPER);
    expect(await app.waba(JUNIPER)).toMatchObject({
      who_must_act: "client",
      client_signals: { signal: null },
    });
    expect(await eventsOf(JUNIPER)).toEqual(["reshare.asked_fresh", "reshare.link_sent"]);
  });
});

describe("this was intended (M1, D4)", () => {
  let path: string;
  beforeAll(async () => {
    await app.act("partner.remove", { waba_id: LINDEN.waba });
    await app.untilStatus(LINDEN.waba, "permission_removed", undefined, 20_000);
    path = await link(LINDEN.waba);
  });

  const broken = async (): Promise<string[]> =>
    (await app.api("GET", "/wabas?broken=true")).body.data.map((waba: { id: string }) => waba.id);

  test("nobody is waited for, it leaves the red count, and it can be found", async () => {
    const before = await overview();
    expect(await broken()).toContain(LINDEN.waba);
    expect((await say(path, "intended")).body.intended).toBe(true);
    expect(await app.waba(LINDEN.waba)).toMatchObject({
      status: "permission_removed",
      who_must_act: "nobody",
      client_signals: { signal: "intended", intended_at: expect.any(String) },
      has_reshare_link: true,
    });
    expect(await broken()).not.toContain(LINDEN.waba);
    await until("it is counted", async () =>
      (await overview()).client === before.client - 1 ? true : undefined,
    );
    const { data } = (await app.api("GET", "/wabas?client_signal=intended")).body;
    expect(data.map((waba: { id: string }) => waba.id)).toEqual([LINDEN.waba]);
    expect((await app.send(LINDEN.number)).status).toBe(403);
  });

  test("a change of mind takes it back", async () => {
    await say(path, "resume");
    expect(await app.waba(LINDEN.waba)).toMatchObject({
      who_must_act: "client",
      client_signals: { signal: null },
    });
    expect(await broken()).toContain(LINDEN.waba);
    expect(await eventsOf(LINDEN.waba)).toEqual(["reshare.intended", "reshare.resumed"]);
  });

  test("S15: twenty at once leave one line; 600 in all leave five a day, then 429 with words", async () => {
    const lines = async (): Promise<number> => (await eventsOf(LINDEN.waba)).length;
    const before = await lines();
    const at = await Promise.all(Array.from({ length: 20 }, () => say(path, "intended")));
    expect(at.every(({ status }) => status === 200)).toBe(true);
    expect(await lines()).toBe(before + 1);
    for (let round = 0; round < 29; round += 1)
      await Promise.all(
        Array.from({ length: 20 }, (_, n) => say(path, (n + round) % 2 === 0 ? "resume" : "intended")),
      );
    expect(await lines()).toBeLessThanOrEqual(5);
    const rows = await app
      .database()
      .query<{ count: string }>(
        "select count(*) from audit where action in ('reshare.intended', 'reshare.resumed')",
      );
    expect(Number(rows[0]?.count)).toBeLessThanOrEqual(5);
    const isIntended = (await signals(LINDEN.waba)).intended_at !== null;
    const late = await say(path, isIntended ? "resume" : "intended");
    expect([late.status, late.body.code]).toEqual([429, "too_many_signals"]);
    expect(Number(late.headers.get("retry-after"))).toBeGreaterThan(0);
    const form = await call(
      "POST",
      `${app.url()}${path}/${isIntended ? "resume" : "intended"}`,
      undefined,
      BROWSER,
    );
    expect([form.status, form.headers.get("retry-after")]).toEqual([429, expect.any(String)]);
    expect(form.body).toContain("You have changed this often today");
  });
});

describe("how far the client came", () => {
  test("it went to Business Suite, it opened the signup, it left it: each a step that support sees", async () => {
    const path = await link(ATLAS.waba);
    await say(path, "step", { step: "suite_opened" });
    expect(await signals(ATLAS.waba)).toMatchObject({ step: "suite_opened", step_outcome: null });
    const { body: signup } = await say(path, "signup", { type: "begun" });
    expect(await signals(ATLAS.waba)).toMatchObject({ step: "signup_opened" });
    const exit = {
      type: "exit",
      code: "login_cancelled",
      attempt_id: signup.attempt_id,
      signup_id: signup.id,
    };
    expect((await say(path, "signup", exit)).status).toBe(200);
    expect(await signals(ATLAS.waba)).toMatchObject({ step: "signup_left", step_outcome: "login_cancelled" });
    expect((await say(path, "step", { step: "anything" })).status).toBe(400);
    const titles = (await app.timeline(ATLAS.waba)).map((entry) => entry.title);
    expect(titles).toContain("The client left Meta's signup window");
  });
});
