import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestApp, type Answer, type TestApp } from "../../../../test/support/create-test-app.ts";
import { CHECKS_PER_MINUTE } from "../../../sharing/model/timings.ts";

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.stop());

const AGENT = {
  "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Chrome/140 Safari/537.36",
  Accept: "text/html",
};
const JSON_ONLY = { Accept: "application/json" };
const api = (wabaId: string): string => `/api/v1/wabas/${wabaId}`;

async function lose(wabaId: string): Promise<string> {
  await app.emulator.act({ action: "partner.remove", waba_id: wabaId, silent: true });
  await app.ask("POST", `${api(wabaId)}/check`, {});
  return pathOf(wabaId);
}

async function pathOf(wabaId: string, wish: unknown = {}): Promise<string> {
  const { body } = await app.ask("POST", `${api(wabaId)}/reshare-links`, wish);
  return body.url.slice(app.url.length);
}

async function giveBack(wabaId: string): Promise<void> {
  await app.emulator.act({ action: "partner.assign", waba_id: wabaId, silent: true });
  await app.ask("POST", `${api(wabaId)}/check`, {});
}

const open = (path: string, headers: Record<string, string> = AGENT): Promise<Answer> =>
  app.ask("GET", path, undefined, headers);
const post = (path: string, headers: Record<string, string> = JSON_ONLY): Promise<Answer> =>
  app.ask("POST", path, undefined, headers);
/** The text of a page, as a reader sees it. */
const textOf = (page: Answer): string =>
  String(page.body)
    .replace(/<[^>]+>/g, " ")
    .replace(/\s+/g, " ");

async function titlesOf(wabaId: string): Promise<string[]> {
  const { body } = await app.ask("GET", `${api(wabaId)}/timeline?limit=100`);
  return body.data.map((entry: { title: string }) => entry.title);
}

describe("a lost share", () => {
  const ATLAS = "100000000000004";

  test("the provider's name for a client is not shown as Meta's name of the portfolio", async () => {
    const ORCHARD = "100000000000012";
    await app.database.db.query(
      `update client set name = 'Customer 17', name_given = true where id = (select client_id from asset
         where id = (select owner_id from meta_id where type = 'waba' and meta_id = $1))`,
      [ORCHARD],
    );
    const shown = textOf(await open(await lose(ORCHARD)));
    expect(shown).toContain("of Customer 17");
    expect(shown).toContain("An admin of the business portfolio 510000000000011 at Meta.");
    await giveBack(ORCHARD);
  });

  test("the page shows what happened, who can act, and the six steps for this WABA", async () => {
    const page = await open(await lose(ATLAS));
    expect(page.status).toBe(200);
    const shown = textOf(page);
    for (const text of [
      "Messages have stopped",
      "WhatsApp account Atlas Cycles",
      "An admin of the business portfolio Atlas Cycles (510000000000003) at Meta.",
      "Meta Business Suite &gt; Settings &gt; Accounts &gt; select WhatsApp Account &gt; Partners",
      "Go to the Meta Business Suite and select the correct Business Portfolio.",
      "Enter the 360dialog Business Partner ID : 734443296905665",
      "Grant full control / Everything &gt; Assign",
      "Still to do: give 360dialog access.",
      "Another way: Repeat the signup",
    ])
      expect(shown).toContain(text);
    expect(page.body).toContain(`business_id=510000000000003&amp;selected_asset_id=${ATLAS}`);
    expect(page.body).toContain('data-copy="734443296905665"');
  });

  test("the address is sent to no other site, and no cache keeps the page", async () => {
    const { headers } = await open(await pathOf(ATLAS));
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("x-robots-tag")).toContain("noindex");
    expect(headers.get("set-cookie")).toBeNull();
  });

  test("the language is the chosen one, else the browser's", async () => {
    const path = await pathOf(ATLAS);
    const german = await open(path, { ...AGENT, "Accept-Language": "de-AT,de;q=0.9" });
    expect(german.body).toContain('<html lang="de">');
    expect(textOf(german)).toContain("Nachrichten sind gestoppt");
    const chosen = await open(`${path}?lang=id`, { ...AGENT, "Accept-Language": "de" });
    expect(textOf(chosen)).toContain("Pesan terhenti");
    const other = await open(path, { ...AGENT, "Accept-Language": "nl" });
    expect(other.body).toContain('<html lang="en">');
  });

  test("polling reads only the database, and reports each change once", async () => {
    const path = await pathOf(ATLAS);
    const first = await open(`${path}/state?lang=pt`, JSON_ONLY);
    expect(first.body).toMatchObject({
      done: false,
      wabas: [{ id: ATLAS, situation: "lost", repaired: false, still_open: "Shared" }],
    });
    expect(first.body.html).toContain("As mensagens pararam");
    const again = await open(`${path}/state?lang=pt&version=${first.body.version}`, JSON_ONLY);
    expect(again.body).toMatchObject({ version: first.body.version, html: null });
  });

  test("the token is in no log line, no timeline entry and no audit line", async () => {
    const path = await pathOf(ATLAS);
    await open(path);
    await open(`${path.slice(0, -1)}!`);
    await post(`${path}/check`);
    const mark = path.split(".").at(-1) ?? "";
    expect(app.logged()).not.toContain(mark);
    const rows = await app.database.db.query("select * from audit");
    expect(JSON.stringify(rows)).not.toContain(mark);
  });

  test("after a partial share the page asks for a change of access, and only full control is missing", async () => {
    const path = await pathOf(ATLAS);
    const tasks = ["MESSAGING"];
    await app.emulator.act({ action: "partner.assign", waba_id: ATLAS, tasks, silent: true });
    await app.ask("POST", `${api(ATLAS)}/check`, {});
    const shown = textOf(await open(path));
    expect(shown).toContain("Full control (Everything) is missing");
    expect(shown).toContain("Change the partner&#39;s access to Full control");
    expect(shown).toContain("Click Partners, then 360dialog in the list");
    expect(shown).not.toContain("Business Partner ID :");
    expect(shown).toContain("Still to do: give 360dialog full control.");
  });

  test("check probes Meta; the page becomes green, and the repair counts as the link's use", async () => {
    const path = await pathOf(ATLAS, { rotate: true });
    await open(path);
    await app.emulator.act({ action: "partner.assign", waba_id: ATLAS, silent: true });
    const checked = await post(`${path}/check`);
    expect(checked.body).toMatchObject({ done: true, wabas: [{ situation: "repaired", still_open: null }] });
    expect(textOf(await open(path))).toContain("You&#39;re reconnected");
    expect(await titlesOf(ATLAS)).toContain("Repaired after the re-share link was opened");
  });
});

describe("visits that do not count", () => {
  const HELIX = "100000000000001";
  const OPENED = "The client opened the re-share link";

  test("a HEAD, a prefetch and a preview do not count; a person does", async () => {
    const path = await lose(HELIX);
    const head = await app.ask("HEAD", path, undefined, AGENT);
    expect([head.status, head.body]).toEqual([200, ""]);
    await open(path, { ...AGENT, "Sec-Purpose": "prefetch;prerender" });
    await open(path, { ...AGENT, "User-Agent": "WhatsApp/2.24.20.89 A" });
    expect(await titlesOf(HELIX)).not.toContain(OPENED);
    await open(path);
    await open(path);
    expect((await titlesOf(HELIX)).filter((title) => title === OPENED)).toHaveLength(1);
    const visits = await app.database.db.query("select kind from reshare_visit where kind = 'opened'");
    expect(visits.length).toBeGreaterThanOrEqual(1);
  });

  test("checks have a budget, and a page without script is redirected to itself", async () => {
    const path = await pathOf(HELIX);
    const statuses = new Set<number>();
    let last = await post(`${path}/check`);
    for (let count = 0; count < CHECKS_PER_MINUTE && last.status === 200; count += 1) {
      statuses.add(last.status);
      last = await post(`${path}/check`);
    }
    expect([...statuses, last.status, last.body.code]).toEqual([200, 429, "too_many_checks"]);
    expect(Number(last.headers.get("retry-after"))).toBeGreaterThan(0);
    const form = await fetch(`${app.url}${path}/check?lang=fr`, {
      method: "POST",
      headers: AGENT,
      redirect: "manual",
    });
    expect([form.status, form.headers.get("location")]).toEqual([303, `${path}?lang=fr`]);
  });
});

describe("a client that lost several WABAs together", () => {
  test("one page with a tick for each", async () => {
    const [first, second] = ["100000000000001", "100000000000002"];
    await lose(second);
    const path = await pathOf(first);
    const both = await open(`${path}/state`, JSON_ONLY);
    expect(both.body.wabas.map((waba: { id: string }) => waba.id)).toEqual([first, second]);
    expect(textOf(await open(path))).toContain("2 accounts are affected");
    await giveBack(second);
    const signupEvent = (await open(`${path}/state`, JSON_ONLY)).body;
    expect(signupEvent.done).toBe(false);
    expect(signupEvent.wabas.map((waba: { repaired: boolean }) => waba.repaired)).toEqual([false, true]);
    await giveBack(first);
    expect((await open(`${path}/state`, JSON_ONLY)).body.done).toBe(true);
  });
});

describe("coexistence", () => {
  test("partner assignment is not offered, and the page says why", async () => {
    const HARBOR = "100000000000003";
    await app.emulator.act({ action: "coexistence.disconnect", waba_id: HARBOR, silent: true });
    await app.ask("POST", `${api(HARBOR)}/check`, {});
    const shown = textOf(await open(await pathOf(HARBOR)));
    expect(shown).not.toContain("Assign Partner");
    expect(shown).toContain("Why not “Give 360dialog access again”?");
    expect(shown).toContain("Meta does not allow a partner to be assigned");
    expect(shown).toContain(
      "Choose the same WhatsApp account in which the phone number was registered before",
    );
    expect(shown).toContain("Keep the app open until the signup has ended");
  });
});

describe("the other answer: the removal was intended", () => {
  test("ends the reminders, notifies the provider, and can be undone", async () => {
    const LINDEN = "100000000000008";
    const path = await lose(LINDEN);
    const said = await post(`${path}/intended`);
    expect(said.body.intended).toBe(true);
    await post(`${path}/intended`);
    expect(textOf(await open(path))).toContain("You removed access on purpose");
    const titles = await titlesOf(LINDEN);
    expect(
      titles.filter((title) => title === "The client says that it removed access on purpose"),
    ).toHaveLength(1);
    const audit = await app.database.db.query("select actor from audit where action = 'reshare.intended'");
    expect(audit).toEqual([{ actor: "client" }]);
    expect((await post(`${path}/resume`)).body.intended).toBe(false);
    expect(textOf(await open(path))).toContain("Messages have stopped");
  });
});

describe("a link that is not valid", () => {
  const WABA = "100000000000009";

  test("unknown: 404, with a next step", async () => {
    for (const token of ["nonsense", `rsl_00000000000000000000.${"0".repeat(40)}`, "a.b"]) {
      const page = await open(`/reshare/${token}`);
      expect(page.status).toBe(404);
      expect(textOf(page)).toContain("Open the link from the message again");
    }
    const state = await open("/reshare/nonsense/state", JSON_ONLY);
    expect([state.status, state.body.code]).toEqual([404, "link_not_found"]);
  });

  test("revoked: 410, with a next step, and no new one", async () => {
    const path = await lose(WABA);
    await pathOf(WABA, { rotate: true });
    const page = await open(path);
    expect(page.status).toBe(410);
    expect(textOf(page)).toContain("Open the newest link");
    await post(`${path}/fresh`, AGENT);
    expect((await titlesOf(WABA)).filter((title) => title.includes("fresh one"))).toEqual([]);
    expect((await post(`${path}/check`)).status).toBe(410);
  });

  test("expired: 410, and a new one can be requested at the same address", async () => {
    const path = await pathOf(WABA, { rotate: true, expires_in_s: 60 });
    await app.setClock({ advance_ms: 61_000 });
    const page = await open(path);
    expect(page.status).toBe(410);
    expect(textOf(page)).toContain("Ask for a new link");
    expect((await app.ask("GET", api(WABA))).body.has_reshare_link).toBe(false);
    const asked = await fetch(`${app.url}${path}/fresh`, { method: "POST", headers: AGENT });
    expect(asked.status).toBe(410);
    expect(await asked.text()).toContain("We have told 360dialog");
    expect(await titlesOf(WABA)).toContain("The client asks for a new re-share link");
    const fresh = await pathOf(WABA);
    expect(fresh).not.toBe(path);
    expect((await open(fresh)).status).toBe(200);
    expect((await open(path)).status).toBe(410);
  });
});
