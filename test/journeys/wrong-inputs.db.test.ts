/**
 * Wrong input of people, programs and machines: one clear line says what is wrong and what to do, and nothing
 * is lost.
 */
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { OWN_SECRETS } from "../support/own-secrets.ts";
import { runCommand } from "../support/command.ts";
import { call } from "../support/http-call.ts";
import { accountUpdate, openSandbox, type TestSandbox } from "../support/sandbox.ts";
import { until } from "../support/until.ts";

const LINDEN = { waba: "100000000000008", number: "200000000000009" };

/** What `serve` needs besides a port and a database; Meta is nowhere. */
const SERVE = {
  PUBLIC_URL: "https://share.example.com",
  PARTNER_NAME: "360dialog",
  PARTNER_BUSINESS_ID: "734443296905665",
  META_APP_ID: "600000000000001",
  META_SYSTEM_USER_ID: "610000000000001",
  META_CONFIG_ID: "620000000000001",
  META_GRAPH_URL: "http://127.0.0.1:9",
  ...OWN_SECRETS,
};

let app: TestSandbox;
beforeAll(async () => {
  app = await openSandbox({ ENCRYPTION_KEY: OWN_SECRETS.ENCRYPTION_KEY });
});
afterAll(() => app?.stop());

const metricOf = async (line: string): Promise<number> => {
  const text = await (await fetch(`${app.url()}/metrics`)).text();
  return Number(
    text
      .split("\n")
      .find((each) => each.startsWith(`${line} `))
      ?.split(" ")
      .at(-1) ?? 0,
  );
};

describe("at the webhook address", () => {
  test("4 MB are taken, one byte more is refused with 413", async () => {
    const limit = 4 * 1024 * 1024;
    const envelope = JSON.stringify({ object: "whatsapp_business_account", entry: [], padding: "" });
    const body = envelope.replace('"padding":""', `"padding":"${"x".repeat(limit - envelope.length)}"`);
    expect(Buffer.byteLength(body)).toBe(limit);
    expect((await app.webhook(body)).status).toBe(200);
    const refused = await app.webhook(`${body} `);
    expect([refused.status, refused.body]).toEqual([413, "A webhook has 4 MB at most."]);
  });

  test.each([
    ["JSON that is cut off", '{"object":"whatsapp_business_account","entry":[{"id":"1","chan'],
    ["no JSON at all", "hello"],
    ["JSON of another shape", "[1,2,3]"],
    ["nothing", ""],
    [
      "an unknown field",
      {
        object: "whatsapp_business_account",
        entry: [{ id: "1", changes: [{ field: "next_year", value: 7 }] }],
      },
    ],
    ["an unknown event", accountUpdate(LINDEN.waba, "ACCOUNT_TURNED_BLUE")],
    ["a WABA id that is none", accountUpdate("../../etc/passwd", "PARTNER_REMOVED")],
    ["a WABA id that is a number", accountUpdate(LINDEN.waba, "PARTNER_ADDED", { info: { waba_id: 12 } })],
    [
      "a time that is none",
      { object: "whatsapp_business_account", entry: [{ id: "1", time: "noon", changes: [] }] },
    ],
  ])("%s, correctly signed: kept, counted, 200, and the work goes on", async (_what, body) => {
    const before = await metricOf('sharekeeper_webhooks_total{outcome="kept"}');
    expect((await app.webhook(body)).status).toBe(200);
    expect(await metricOf('sharekeeper_webhooks_total{outcome="kept"}')).toBe(before + 1);
  });

  test("after all of them, the next removal still closes", async () => {
    expect((await app.webhook(accountUpdate(LINDEN.waba, "PARTNER_ADDED"))).status).toBe(200);
    await until("the hint is on the timeline", async () =>
      (await app.timeline(LINDEN.waba)).some((entry) => /a partner was added/.test(entry.title))
        ? true
        : undefined,
    );
    expect(await app.waba(LINDEN.waba)).toMatchObject({ status: "live" });
    expect(app.logged()).not.toContain("could not be processed");
    expect((await call("GET", `${app.url()}/readyz`)).status).toBe(200);
  });

  test("the handshake goes only to who knows the verify token", async () => {
    const ask = (token: string) =>
      call("GET", `${app.url()}/webhooks/meta?hub.mode=subscribe&hub.challenge=42&hub.verify_token=${token}`);
    expect(await ask("sandbox-verify-token")).toMatchObject({ status: 200, body: "42" });
    const refused = await ask("guess");
    expect(refused.status).toBe(403);
    expect(refused.body).toContain("Set META_WEBHOOK_VERIFY_TOKEN");
  });
});

describe("at the Partner API", () => {
  test.each([
    ["GET", "/wabas/abc", undefined, 400, "waba_id (path): a WABA's id at Meta: 5 to 20 digits"],
    ["GET", "/wabas/999999999999", undefined, 404, "No WABA with the id 999999999999 is known here."],
    ["GET", "/numbers/num_nobody", undefined, 404, "No number with the id num_nobody is known here."],
    ["GET", "/wabas?status=blue", undefined, 400, "status"],
    ["GET", "/wabas?limit=1000", undefined, 400, "limit (query)"],
    ["GET", "/wabas?colour=red", undefined, 400, "colour"],
    ["GET", "/nowhere", undefined, 404, "There is no /api/v1/nowhere."],
    ["DELETE", "/wabas/100000000000001", undefined, 405, "accepts GET"],
    ["POST", `/wabas/${LINDEN.waba}/check`, "{", 400, "Send the body as a JSON object"],
    ["POST", `/wabas/${LINDEN.waba}/check`, { colour: "red" }, 400, "colour"],
    ["POST", "/can-send", { numbers: "x".repeat(1_100_000) }, 413, "The limit is 1 MB."],
  ])("%s %s: a problem that says what to do", async (method, path, body, status, words) => {
    const answer = await app.api(method, path, body);
    expect(answer.status).toBe(status);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(answer.body).toMatchObject({ status, request_id: answer.headers.get("request-id") });
    expect(`${answer.body.title}. ${answer.body.detail}`).toContain(words);
  });

  test("a missing key and a wrong key get different answers", async () => {
    const ask = (headers: Record<string, string>) =>
      call("GET", `${app.url()}/api/v1/wabas`, undefined, headers);
    expect(await ask({})).toMatchObject({ status: 401, body: { code: "unauthenticated" } });
    expect(await ask({ "X-API-Key": "guess" })).toMatchObject({
      status: 401,
      body: { code: "wrong_api_key" },
    });
  });
});

describe("at the gateway", () => {
  test.each([
    ["another number's key", 401, 190],
    ["no JSON", 400, 100],
    ["a body over 1 MB", 400, 100],
  ])("%s: Meta's own envelope", async (what, status, code) => {
    const before = (await app.sentToMeta(LINDEN.number)).length;
    const headers = {
      "D360-API-KEY": what === "another number's key" ? "nobody's" : `sandbox-${LINDEN.number}`,
    };
    const body =
      what === "no JSON"
        ? "hello"
        : JSON.stringify({ text: "x".repeat(what.includes("MB") ? 1_100_000 : 1) });
    const answer = await call("POST", `${app.url()}/messages`, body, headers);
    expect([answer.status, answer.body.error.code, answer.body.error.type]).toEqual([
      status,
      code,
      "OAuthException",
    ]);
    expect(answer.body.error.error_data.details).toMatch(/\.$/);
    expect((await app.sentToMeta(LINDEN.number)).length).toBe(before);
  });
});

/** Exactly this line, and nothing else on stderr. */
async function expectOneLine(args: string[], env: Record<string, string>, line: RegExp): Promise<void> {
  const { code, stdout, stderr } = await runCommand(args, env);
  expect({ code, stdout, lines: stderr.split("\n") }).toEqual({
    code: 1,
    stdout: "",
    lines: [expect.stringMatching(line), ""],
  });
}

describe("at the start", () => {
  test("serve without settings: every fault at once, one line each, exit code 2", async () => {
    const { code, stderr } = await runCommand(["serve"], {});
    const lines = stderr.trimEnd().split("\n");
    expect(code).toBe(2);
    const missing = [...Object.keys(SERVE)].filter((name) => name !== "META_GRAPH_URL");
    expect(
      lines.map((line) => /^sharekeeper: ([A-Z_]+) is missing\. Set it to .+\.$/.exec(line)?.[1]).sort(),
    ).toEqual(missing.sort());
  });

  test("malformed settings: every fault at once, and no secret is repeated", async () => {
    const { code, stderr } = await runCommand(["sandbox"], {
      PORT: "abc",
      LOG_LEVEL: "loud",
      ENCRYPTION_KEY: "tooshort",
      DATABASE_URL: "mysql://root:hunter2@db/x",
    });
    expect(code).toBe(2);
    expect(
      stderr
        .trimEnd()
        .split("\n")
        .map((line) => line.split(" ")[1]),
    ).toEqual(["PORT", "DATABASE_URL", "ENCRYPTION_KEY", "LOG_LEVEL"]);
    expect(stderr).not.toMatch(/tooshort|hunter2/);
  });

  test("a second sandbox on one DATA_DIR: reports who holds it, and the first is untouched", async () => {
    const held = new RegExp(
      `^sharekeeper: .+ is in use by another Sharekeeper \\(pid ${process.pid}, started .+Z\\)\\. ` +
        `Stop that one first, or set DATA_DIR to another directory\\.$`,
    );
    await expectOneLine(["sandbox"], app.env, held);
    await expectOneLine(["emulator"], app.env, held);
    expect((await app.send(LINDEN.number)).status).toBe(200);
  });

  test("the emulator's port in use", async () => {
    const port = new URL(app.emulatorUrl()).port;
    const env = { ...app.env, DATA_DIR: `${app.dataDir}/second`, EMULATOR_PORT: port };
    await expectOneLine(
      ["sandbox"],
      env,
      /^sharekeeper: The emulator's port \d+ on 127\.0\.0\.1 is in use\. Stop .+ or set EMULATOR_PORT/,
    );
  });

  test("a database that does not answer: the address is not repeated", async () => {
    const env = { ...SERVE, DATABASE_URL: "postgres://me:hunter2@127.0.0.1:9/x", PORT: "0" };
    await expectOneLine(
      ["serve"],
      env,
      /^sharekeeper: The database does not answer \((?!.*hunter2).+\)\. Check DATABASE_URL, or unset it to use the embedded database\.$/,
    );
  });
});

// Each of these opens a database in a process of its own, on a machine that has other work.
describe("at the next start, over the same data", { timeout: 60_000 }, () => {
  beforeAll(() => app.halt());

  test("the port in use", async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, "127.0.0.1", resolve));
    const PORT = String((holder.address() as AddressInfo).port);
    const env = { ...SERVE, ...app.env, PORT, LOG_LEVEL: "error" };
    await expectOneLine(
      ["serve"],
      env,
      /^sharekeeper: Port \d+ on 127\.0\.0\.1 is in use\. Set PORT to a free port, or stop the program that uses it\.$/,
    );
    await new Promise((resolve) => holder.close(resolve));
  });

  test("another ENCRYPTION_KEY", async () => {
    const env = { ...SERVE, ...app.env, ENCRYPTION_KEY: OWN_SECRETS.META_APP_SECRET };
    await expectOneLine(
      ["serve"],
      env,
      /^sharekeeper: ENCRYPTION_KEY is not the one this database was sealed with; nothing was changed\. Set ENCRYPTION_KEY to the key/,
    );
  });

  test("with everything as it should be, nothing was lost", async () => {
    await app.restart();
    expect(await app.waba(LINDEN.waba)).toMatchObject({ status: "live" });
    const hint = (await app.timeline(LINDEN.waba)).find((entry) => /a partner was added/.test(entry.title));
    expect(hint).toBeDefined();
    expect((await app.send(LINDEN.number)).status).toBe(200);
  });

  test("a database from a newer version", async () => {
    await app
      .database()
      .query(
        "insert into migration (number, name, hash, applied_at) values (9999, 'from-tomorrow', 'x', $1)",
        [new Date(0)],
      );
    await app.halt();
    await expectOneLine(
      ["migrate"],
      app.env,
      /^sharekeeper: The database is from a newer Sharekeeper \(it has migration 9999, this version knows \d+\)\. Start that version/,
    );
  });
});
