import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { systemClock, type Clock } from "../lib/clock.ts";
import { systemRandom } from "../lib/random.ts";
import { OWN_SECRETS } from "../../test/support/own-secrets.ts";
import { openSandbox, PARTNER, type TestSandbox } from "../../test/support/sandbox.ts";
import { runCommand } from "../../test/support/command.ts";
import { call } from "../../test/support/http-call.ts";
import { CHECKS } from "./checks.ts";
import { examine } from "./examine.ts";
import type { CheckId, Finding } from "./finding.ts";

const APP = "600000000000001";
const ADMIN_USER = "610000000000001";
const {
  META_SYSTEM_USER_TOKEN: TOKEN,
  META_APP_SECRET: APP_SECRET,
  META_WEBHOOK_VERIFY_TOKEN: VERIFY_TOKEN,
} = OWN_SECRETS;

let sandbox: TestSandbox;
let stranger: Server;
beforeAll(async () => {
  sandbox = await openSandbox(OWN_SECRETS);
  stranger = createServer((_request, response) => response.end("<h1>Welcome to nginx!</h1>"));
  await new Promise<void>((resolve) => stranger.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  stranger.closeAllConnections();
  stranger.close();
  await sandbox.stop();
});

/** Undoes what a test broke in the emulated world. */
let repair: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const undo of repair.splice(0)) await undo();
  repair = [];
});

/** The settings of a `serve` beside the sandbox, which is right in every point. */
function settings(): Record<string, string> {
  const emulator = sandbox.emulatorUrl();
  return {
    ...sandbox.env,
    PUBLIC_URL: sandbox.url(),
    PARTNER_NAME: "360dialog",
    PARTNER_BUSINESS_ID: PARTNER,
    META_APP_ID: APP,
    META_SYSTEM_USER_ID: ADMIN_USER,
    META_CONFIG_ID: "620000000000001",
    META_GRAPH_URL: emulator,
    META_SDK_URL: `${emulator}/en_US/sdk.js`,
    META_DIALOG_ORIGINS: emulator,
    ...OWN_SECRETS,
  };
}

async function findings(
  env: Record<string, string | undefined> = {},
  clock: Clock = systemClock,
): Promise<Map<CheckId, Finding>> {
  const found = await examine({ env: { ...settings(), ...env }, clock, random: systemRandom });
  return new Map(found.map((finding) => [finding.check, finding]));
}

const badOf = (found: Map<CheckId, Finding>): string[] =>
  [...found.values()].filter(({ state }) => state === "bad").map(({ check }) => check);

/** A call of the Graph API as Meta's own dashboard would make it. */
function graph(
  method: string,
  path: string,
  token: string,
): Promise<{ status: number; body: Record<string, string> }> {
  return call(method, `${sandbox.emulatorUrl()}/v25.0${path}`, undefined, {
    Authorization: `Bearer ${token}`,
  });
}

/** Takes the app's subscription away, whole or some of its fields; afterwards it is as it was. */
async function unsubscribe(query: string): Promise<void> {
  const appToken = `${APP}|${APP_SECRET}`;
  const again = new URLSearchParams({
    object: "whatsapp_business_account",
    callback_url: `${sandbox.url()}/webhooks/meta`,
    verify_token: VERIFY_TOKEN,
  });
  repair.push(() => graph("POST", `/${APP}/subscriptions?${again.toString()}`, appToken));
  await graph("DELETE", `/${APP}/subscriptions${query}`, appToken);
}

test("a working installation: nothing is bad, every point is there, in the order of the list", async () => {
  const found = await findings();
  expect([...found.keys()]).toEqual(CHECKS.map(({ id }) => id));
  expect(badOf(found)).toEqual([]);
  expect(found.get("shared_wabas")).toMatchObject({ state: "ok", sentence: "Meta lists 13" });
  expect(found.get("portfolio")?.sentence).toBe("360dialog (734443296905665), verified");
  // A local address is for tests; three of the first five WABAs of the seeded world are shared in full.
  const warned = [...found.values()].filter(({ state }) => state === "warning");
  expect(warned.map(({ check }) => check)).toEqual(
    expect.arrayContaining<CheckId>(["public_url", "full_control"]),
  );
  expect(warned.every((finding) => finding.repair !== null)).toBe(true);
});

test("field case 1: doctor reads what probes read, and names the refused fields with what they cost", async () => {
  expect((await findings()).get("probe_fields")).toMatchObject({ state: "ok", repair: null });
  repair.push(() => sandbox.emulator("POST", "/knobs", { provider_kind: "solution_partner" }));
  await sandbox.emulator("POST", "/knobs", { provider_kind: "tech_provider" });
  const found = await findings();
  expect(badOf(found)).toEqual([]);
  const refused = found.get("probe_fields");
  expect(refused).toMatchObject({ state: "warning", sentence: expect.stringContaining("error 10") });
  expect(refused?.sentence).toMatch(/^Meta refuses owner_business_info, primary_funding_id \(/);
  expect(refused?.repair).toContain("Whether a payment method is attached");
  expect(found.get("shared_wabas")).toMatchObject({ state: "ok", sentence: "Meta lists 13" });
});

test("M6: missing settings are all named, the fix once, and everything else is examined", async () => {
  const env = {
    META_GRAPH_URL: sandbox.emulatorUrl(),
    META_APP_ID: APP,
    DATA_DIR: join(sandbox.dataDir, "none"),
  };
  const found = await examine({ env, clock: systemClock, random: systemRandom });
  const settings = found.filter(({ check }) => check === "settings");
  expect(settings.map(({ sentence }) => sentence.split(" ")[0])).toContain("META_APP_SECRET");
  expect(settings.filter(({ repair }) => repair !== null)).toEqual([settings.at(-1)]);
  const rest = found.filter(({ check }) => check !== "settings");
  expect(rest.map(({ check }) => check)).toEqual(CHECKS.slice(1).map(({ id }) => id));
  const statesBy = Object.groupBy(rest, ({ state }) => state);
  expect(statesBy.ok?.map(({ check }) => check)).toEqual(
    expect.arrayContaining<CheckId>(["database", "migrations", "meta", "clock", "graph_version", "mode"]),
  );
  expect(statesBy.bad).toBeUndefined();
  const app = rest.find(({ check }) => check === "app");
  expect(app).toMatchObject({
    state: "skipped",
    sentence: expect.stringContaining("META_APP_SECRET has no valid"),
  });
});

test("M6: one missing setting skips only what needs it", async () => {
  const found = await findings({ META_CONFIG_ID: undefined });
  const skipped = [...found.values()].filter(
    ({ state, sentence }) => state === "skipped" && sentence.includes("META_"),
  );
  expect(skipped.map(({ check }) => check)).toEqual(["signup_configuration"]);
  expect(found.get("token")?.state).toBe("ok");
});

test("K2: beside a sandbox, with nothing set, the sandbox is examined and nothing is bad", async () => {
  const plain = await openSandbox();
  try {
    const { port } = new URL(plain.url());
    const { port: emulatorPort } = new URL(plain.emulatorUrl());
    const env = { DATA_DIR: plain.dataDir, PORT: port, EMULATOR_PORT: emulatorPort };
    const found = await examine({ env, clock: systemClock, random: systemRandom });
    expect(found.filter(({ state }) => state === "bad")).toEqual([]);
    expect(found[0]).toMatchObject({
      check: "settings",
      state: "ok",
      sentence: expect.stringContaining("sandbox"),
    });
  } finally {
    await plain.stop();
  }
});

test("M7: a Meta on this machine that does not answer is an emulator to start, with its port", async () => {
  const finding = (await findings({ META_GRAPH_URL: "http://127.0.0.1:1" })).get("meta");
  expect(finding?.sentence).toMatch(/^127\.0\.0\.1 does not answer on port 1 of this machine/);
  expect(finding?.repair).toMatch(/Start the emulator/);
  const away = (await findings({ META_GRAPH_URL: "https://graph.invalid:8443" })).get("meta");
  expect(away?.repair).toMatch(/reach graph\.invalid on port 8443 /);
});

/**
 * Each row: what is broken by a setting, which check reports it, in which state, and what its repair names.
 */
test.each<[string, Record<string, string>, CheckId, "bad" | "warning", RegExp]>([
  [
    "a database nobody serves",
    { DATABASE_URL: "postgres://127.0.0.1:1/x" },
    "database",
    "bad",
    /DATABASE_URL/,
  ],
  ["a wrong secret", { META_APP_SECRET: "another" }, "app", "bad", /META_APP_SECRET/],
  ["an app that is not there", { META_APP_ID: "600000000000009" }, "app", "bad", /META_APP_ID/],
  ["a token of nobody's", { META_SYSTEM_USER_TOKEN: "EAAunknown" }, "token", "bad", /Generate token/],
  [
    "a client's portfolio",
    { PARTNER_BUSINESS_ID: "510000000000001" },
    "system_user",
    "bad",
    /business_management/,
  ],
  ["no portfolio of anybody's", { PARTNER_BUSINESS_ID: "999" }, "portfolio", "bad", /PARTNER_BUSINESS_ID/],
  ["another name", { PARTNER_NAME: "361dialog" }, "portfolio", "warning", /PARTNER_NAME.*"360dialog"/],
  ["a system user of nobody's", { META_SYSTEM_USER_ID: "611" }, "system_user", "bad", /Admin System User/],
  [
    "another's token",
    { META_SYSTEM_USER_ID: "611" },
    "token",
    "warning",
    /META_SYSTEM_USER_ID to 610000000000001/,
  ],
  [
    "a wrong verify token",
    { META_WEBHOOK_VERIFY_TOKEN: "other" },
    "callback",
    "bad",
    /META_WEBHOOK_VERIFY_TOKEN/,
  ],
  [
    "an address nobody answers",
    { PUBLIC_URL: "http://127.0.0.1:1" },
    "public_url",
    "bad",
    /sharekeeper serve/,
  ],
  ["an address without https", { PUBLIC_URL: "http://share.example.com" }, "settings", "bad", /settings/],
  ["a Meta that is not there", { META_GRAPH_URL: "http://127.0.0.1:1" }, "meta", "bad", /META_GRAPH_URL/],
  ["a Graph version that ended", { META_GRAPH_VERSION: "v20.0" }, "graph_version", "bad", /v25\.0/],
  ["signup v3", { META_SIGNUP_VERSION: "v3" }, "signup_version", "bad", /META_SIGNUP_VERSION=v4/],
  [
    "extras of v3",
    { META_SIGNUP_EXTRAS: '{"version":"v3"}' },
    "signup_configuration",
    "warning",
    /`version`/,
  ],
  ["an app as configuration", { META_CONFIG_ID: APP }, "signup_configuration", "bad", /Configuration ID/],
  [
    "one configuration for both",
    { META_COEXISTENCE_EXTRAS: "{}" },
    "signup_configuration",
    "warning",
    /featureType/,
  ],
  [
    "an SDK that is not there",
    { META_SDK_URL: "http://127.0.0.1:1/sdk.js" },
    "signup_pages",
    "warning",
    /META_SDK_URL/,
  ],
  [
    "foreign origins",
    { META_DIALOG_ORIGINS: "https://example.com" },
    "signup_pages",
    "bad",
    /META_DIALOG_ORIGINS/,
  ],
  ["observing", { MODE: "observe" }, "mode", "warning", /MODE=enforce/],
])("%s is named with its repair", async (_what, env, check, state, repair) => {
  const finding = (await findings(env)).get(check);
  expect(finding?.state).toBe(state);
  expect(finding?.repair).toMatch(repair);
});

test("a fault is reported once: the checks that need it are skipped by name", async () => {
  const found = await findings({ META_APP_SECRET: "another" });
  expect(badOf(found)).toEqual(["app"]);
  for (const check of ["token", "portfolio", "subscription", "shared_wabas", "import"] as const)
    expect(found.get(check)).toMatchObject({ state: "skipped", repair: null });
  expect(found.get("token")?.sentence).toContain('"The app and its secret"');
  expect(found.get("callback")?.state).toBe("ok");
});

test("a revoked token is reported with Meta's message", async () => {
  repair.push(() => sandbox.act("token.restore", {}));
  await sandbox.act("token.revoke", {});
  const found = await findings();
  expect(badOf(found)).toEqual(["token"]);
  expect(found.get("token")?.sentence).toMatch(/not valid \(Error validating access token/);
});

test("an employee is named, with what to do", async () => {
  const made = await graph("POST", `/${PARTNER}/system_users?name=Clerk&role=EMPLOYEE`, TOKEN);
  const found = await findings({ META_SYSTEM_USER_ID: String(made.body.id) });
  expect(found.get("system_user")).toMatchObject({ state: "bad" });
  expect(found.get("system_user")?.sentence).toMatch(/^Clerk \(\d+\) is an employee/);
  expect(found.get("system_user")?.repair).toMatch(/Admin system user/);
});

test("a token without a permission", async () => {
  const scopes = encodeURIComponent(JSON.stringify(["whatsapp_business_management", "business_management"]));
  const made = await graph("POST", `/${ADMIN_USER}/access_tokens?scope=${scopes}`, TOKEN);
  const found = await findings({ META_SYSTEM_USER_TOKEN: String(made.body.access_token) });
  expect(found.get("permissions")).toMatchObject({
    state: "bad",
    sentence: "the token lacks whatsapp_business_messaging",
  });
  expect(badOf(found)).toEqual(["permissions"]);
});

test.each<[string, string, "bad" | "warning", RegExp]>([
  ["the whole subscription", "", "bad", /callback URL http:.*\/webhooks\/meta/],
  ["account_update", "?fields=account_update", "bad", /subscribe to account_update/],
  ["the echoes", "?fields=smb_message_echoes", "warning", /subscribe to smb_message_echoes/],
])("without %s", async (_what, query, state, repaired) => {
  await unsubscribe(query);
  const finding = (await findings()).get("subscription");
  expect(finding?.state).toBe(state);
  expect(finding?.repair).toMatch(repaired);
});

test("Meta sends elsewhere, and another program answers at PUBLIC_URL", async () => {
  const url = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`;
  const found = await findings({ PUBLIC_URL: url });
  expect(found.get("public_url")?.sentence).toMatch(/status 200; the answer is not from Sharekeeper/);
  expect(found.get("callback")?.state).toBe("skipped");
  // The embedded database is in use: what arrived there is then not known.
  const isRead = process.env.DATABASE_URL !== undefined;
  expect(found.get("subscription")?.state).toBe(isRead ? "warning" : "bad");
  expect(found.get("subscription")?.sentence).toMatch(
    isRead ? /the last one arrived here on \d{4}-/ : /Meta sends to .*, but Sharekeeper receives at/,
  );
});

test("the command ends with 1 when something is bad, and with 0 when nothing is", async () => {
  const well = await runCommand(["doctor", "--json"], settings());
  expect(well).toMatchObject({ code: 0, stderr: "" });
  const { findings: printed } = JSON.parse(well.stdout) as { findings: Finding[] };
  expect(printed.map(({ check }) => check)).toEqual(CHECKS.map(({ id }) => id));
  const ill = await runCommand(["doctor"], { ...settings(), META_APP_SECRET: "another" });
  expect(ill.code).toBe(1);
  expect(ill.stdout).toMatch(/^bad +The app and its secret: .*\[app\]\n +Fix: /m);
  for (const secret of Object.values(OWN_SECRETS)) expect(ill.stdout).not.toContain(secret);
});

test("a proxy that takes small bodies only is found", async () => {
  const proxy = createServer((request, response) => {
    if (request.method === "POST") {
      response.writeHead(413, { Connection: "close" });
      request.resume();
      return response.end();
    }
    void fetch(sandbox.url() + (request.url ?? "")).then(async (answer) => {
      response.writeHead(answer.status);
      response.end(await answer.text());
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  try {
    const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const finding = (await findings({ PUBLIC_URL: url })).get("callback");
    expect(finding).toMatchObject({ state: "bad" });
    expect(finding?.repair).toMatch(/client_max_body_size 4m/);
  } finally {
    proxy.closeAllConnections();
    proxy.close();
  }
});

test.each([
  [40_000, "warning", "ahead of"],
  [-40_000, "warning", "behind"],
  [3_600_000, "bad", "ahead of"],
  [500, "ok", "agrees"],
])("a clock that is %d ms off", async (offMs, state, sentence) => {
  const clock = { ...systemClock, now: () => systemClock.now() + offMs };
  const finding = (await findings({}, clock)).get("clock");
  expect(finding?.state).toBe(state);
  expect(finding?.sentence).toContain(sentence);
});

test("throttled by Meta, a point is skipped and not bad", async () => {
  repair.push(() => sandbox.clearFaults());
  const error = { message: "(#80008) There have been too many calls", type: "OAuthException", code: 80008 };
  await sandbox.fault({ match: { path: `/${PARTNER}/system_users` }, respond: { status: 400, error } });
  const found = await findings();
  expect(found.get("system_user")?.state).toBe("warning");
  expect(found.get("system_user")?.sentence).toMatch(/^Meta gave no clear answer/);
});
