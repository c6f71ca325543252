/** What our code must not do, judged by its syntax: docs/reference/security.md. */
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { dangersIn, readCode, type DangerRule } from "./support/dangerous-code.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Each exception with its reason. */
const ALLOWED: readonly [rule: DangerRule, path: string, why: string][] = [
  ["sets markup", "hub/reshare/page.ts", "the page anew, escaped by the server that made the page"],
  [
    "hashes by another algorithm than SHA-256",
    "src/emulator/graph/serve-graph.ts",
    "the emulated Meta's ETags",
  ],
  [
    "hashes by another algorithm than SHA-256",
    "src/emulator/signup/finish-signup.ts",
    "the emulated Meta's codes",
  ],
  [
    "follows redirects",
    "hub/reshare/page.ts",
    "in the browser, where the page's policy admits our origin alone",
  ],
  [
    "follows redirects",
    "hub/reshare/signup.ts",
    "in the browser, where the page's policy admits our origin alone",
  ],
  [
    "follows redirects",
    "hub/src/api/client-config.ts",
    "in the browser, where the Hub's policy admits our origin alone",
  ],
  ["opens a connection", "src/meta/graph-client.ts", "to META_GRAPH_URL"],
  ["opens a connection", "src/messaging/gateway/message-wire.ts", "to META_GRAPH_URL"],
  ["opens a connection", "src/meta/ask-callback.ts", "to our own callback below PUBLIC_URL"],
  ["opens a connection", "src/connection/read-certificate.ts", "to PUBLIC_URL, for its certificate"],
  ["opens a connection", "src/access/open-oidc-provider.ts", "to OIDC_ISSUER, and what its metadata names"],
  ["opens a connection", "src/access/send-audit.ts", "to AUDIT_SINK"],
  [
    "opens a connection",
    "src/delivery/open-webhook-wire.ts",
    "to webhook endpoints and channels of alerts, at public addresses and those of WEBHOOK_ALLOWED_NETWORKS",
  ],
  ["opens a connection", "src/mail/open-smtp-session.ts", "to SMTP_URL"],
  ["opens a connection", "src/delivery/streams/open-nats-publisher.ts", "to EVENT_STREAM_URL"],
  ["opens a connection", "src/delivery/streams/open-amqp-publisher.ts", "to EVENT_STREAM_URL"],
  ["opens a connection", "src/database/postgres-database.ts", "to DATABASE_URL"],
  ["opens a connection", "src/database/postgres-listener.ts", "to DATABASE_URL"],
  ["opens a connection", "src/database/embedded-database.ts", "to the database in DATA_DIR"],
  ["opens a connection", "src/cli/api.ts", "the command line's, to the address of Sharekeeper"],
  ["opens a connection", "src/doctor/read-address.ts", "doctor's, to PUBLIC_URL and Meta"],
  ["opens a connection", "src/emulator/webhooks/post-webhook.ts", "the emulated Meta's"],
  ["opens a connection", "src/emulator/scenarios/url-target.ts", "the emulated Meta's"],
  ["opens a connection", "hub/reshare/page.ts", "in the browser, to our own origin"],
  ["opens a connection", "hub/reshare/signup.ts", "in the browser, to our own origin"],
  ["opens a connection", "hub/src/api/client-config.ts", "in the browser, to our own origin"],
  ["keeps something in the browser", "hub/src/shell/list-memory.ts", "ids of the list last seen"],
  ["keeps something in the browser", "hub/src/shell/keyboard.ts", "whether shortcuts are on"],
  ["keeps something in the browser", "hub/src/shell/notices.ts", "whether notifications are on"],
  ["draws random bits by itself", "src/lib/random.ts", "the one source, by the operating system"],
  ["draws random bits by itself", "hub/src/live/source.ts", "a pause before the next try, no secret"],
  ["builds a regular expression", "hub/src/time/instants.ts", "of texts in the code"],
  ["builds a regular expression", "src/access/totp.ts", "of a number in the code"],
  ["builds a regular expression", "src/lib/link-token.ts", "of a prefix in the code"],
  ["builds a regular expression", "src/reports/search-terms.ts", "of letters in the code"],
  [
    "builds a regular expression",
    "src/emulator/world/faults.ts",
    "the sandbox's, which escapes each character",
  ],
];

describe("the code as it stands", () => {
  const code = readCode(root, ["src", "hub"]);
  const dangers = code.flatMap(({ path, text }) => dangersIn(path, text));

  test("is read whole, with the pages of the browser", () => {
    expect(code.length).toBeGreaterThan(600);
    for (const path of ["src/main.ts", "hub/src/router.tsx", "hub/reshare/page.ts"])
      expect(code.map((file) => file.path)).toContain(path);
  });

  test("does none of it, but for the exceptions", () => {
    const isAllowed = (path: string, rule: DangerRule): boolean =>
      ALLOWED.some((allowed) => allowed[0] === rule && allowed[1] === path);
    expect(dangers.filter(({ path, rule }) => !isAllowed(path, rule))).toEqual([]);
  });

  test.each(ALLOWED)("%s: %s is an exception that is still needed", (rule, path) => {
    expect(dangers.some((danger) => danger.rule === rule && danger.path === path)).toBe(true);
  });
});

describe("a planted danger is found", () => {
  const PLANTED: readonly [DangerRule, string][] = [
    ["runs text as code", "eval(text)"],
    ["runs text as code", "(0, eval)(text)"],
    ["runs text as code", "globalThis.eval(text)"],
    ["runs text as code", 'const run = new Function("a", text);'],
    ["runs text as code", 'import { runInNewContext } from "node:vm";'],
    ["runs text as code", 'setTimeout("run()", 10)'],
    ["starts a command", 'import { exec } from "node:child_process";'],
    ["starts a command", 'const { exec } = await import("child_process");'],
    ["starts a command", 'process.getBuiltinModule("child_process").exec(text)'],
    ["reads objects of any class", 'import { deserialize } from "node:v8";'],
    ["trusts any certificate", "connect({ rejectUnauthorized: false })"],
    ["trusts any certificate", 'options["rejectUnauthorized"] = isStrict;'],
    ["trusts any certificate", 'env.NODE_TLS_REJECT_UNAUTHORIZED = "0"'],
    ["trusts any certificate", "connect({ checkServerIdentity: () => undefined })"],
    ["sets markup", "page.innerHTML = text"],
    ["sets markup", "const part = <div dangerouslySetInnerHTML={{ __html: text }} />;"],
    ["sets markup", 'page.insertAdjacentHTML("beforeend", text)'],
    ["sets markup", "document.write(text)"],
    ["hashes by another algorithm than SHA-256", 'createHash("md5").update(text)'],
    ["hashes by another algorithm than SHA-256", "createHmac(algorithm, key)"],
    ["encrypts by another algorithm than AES-256-GCM", 'createCipheriv("aes-256-ecb", key, null)'],
    ["draws random bits by itself", 'import { randomUUID } from "node:crypto";'],
    ["draws random bits by itself", "const token = Math.random().toString(36);"],
    ["builds a regular expression", "new RegExp(text).test(name)"],
    ["builds a regular expression", "RegExp(text)"],
    ["opens a connection", 'import { request } from "undici";'],
    ["opens a connection", 'import { createTransport } from "nodemailer";'],
    ["opens a connection", 'import { connect as open } from "node:net";'],
    ["opens a connection", 'import * as net from "node:net";'],
    ["opens a connection", 'import { connect } from "amqplib";'],
    ["opens a connection", 'import * as nats from "@nats-io/transport-node";'],
    ["opens a connection", 'fetch(url, { redirect: "manual" })'],
    ["keeps something in the browser", 'localStorage.setItem("token", token)'],
    ["keeps something in the browser", 'window["sessionStorage"].clear()'],
    ["keeps something in the browser", "document.cookie = text"],
    ["follows redirects", "fetch(url)"],
    ["follows redirects", 'fetch(url, { redirect: "follow" })'],
  ];

  test.each(PLANTED)("%s: %s", (rule, text) => {
    expect(dangersIn("src/lib/planted.tsx", text).map((danger) => danger.rule)).toContain(rule);
  });

  test.each([
    'const text = "eval(1)"; // eval(2)',
    "rules.eval(1)",
    "type Run = Function;",
    "const shown = page.innerHTML;",
    'createHash("sha256").update(text)',
    "const WORD = /a+/;",
    "setTimeout(run, 10)",
    'import { isIP, type Socket } from "node:net";',
    'import type { Pool } from "undici";',
  ])("what is right is left alone: %s", (text) => expect(dangersIn("src/lib/right.ts", text)).toEqual([]));
});
