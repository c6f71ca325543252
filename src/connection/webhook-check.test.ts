import { describe, expect, test } from "vitest";
import type { GraphReply } from "../meta/graph-reply.ts";
import { en } from "../messages/english.ts";
import type { CertificateAnswer } from "./read-certificate.ts";
import {
  WEBHOOK_CHECK_OUTCOMES,
  isOurs,
  judgeCertificate,
  judgeSubscription,
  judgeToken,
  mayRepair,
  WANTED_FIELDS,
} from "./webhook-check.ts";
import { DAY } from "../sharing/model/timings.ts";

const NOW = Date.UTC(2026, 10, 22);
const DOOR = "https://share.example.com/webhooks/meta";

const answer = (body: Record<string, unknown>): GraphReply => ({
  ...{ kind: "success", status: 200, body, usage: null },
  ...{ request: { method: "GET", path: "/1/subscriptions" }, askedAt: NOW, answeredAt: NOW },
});
const refused: GraphReply = {
  ...{ kind: "refusal", status: 400, request: { method: "GET", path: "/1" }, askedAt: NOW, answeredAt: NOW },
  fault: {
    code: 190,
    subcode: null,
    type: null,
    message: "no",
    details: null,
    traceId: null,
    transient: null,
  },
};
const listed = (more: Record<string, unknown>): GraphReply => {
  const fields = WANTED_FIELDS.map((name) => ({ name, version: "v25.0" }));
  const item = { object: "whatsapp_business_account", callback_url: DOOR, active: true, fields, ...more };
  return answer({ data: [{ object: "page" }, item] });
};

describe("the subscription of our app", () => {
  test.each<[string, GraphReply, string]>([
    ["whole", listed({}), "subscribed"],
    ["at the address of a connection", listed({ callback_url: `${DOOR}/second` }), "subscribed"],
    ["fields as names", listed({ fields: [...WANTED_FIELDS] }), "subscribed"],
    ["without messages", listed({ fields: ["account_update"] }), "fields_missing"],
    ["without account_update", listed({ fields: ["messages"] }), "lacks_account_update"],
    ["for another object only", answer({ data: [{ object: "page" }] }), "not_subscribed"],
    ["none", answer({ data: [] }), "not_subscribed"],
    ["switched off", listed({ active: false }), "inactive"],
    ["to somebody else", listed({ callback_url: "https://other.example.com/hooks" }), "foreign_callback"],
    ["to a name that begins like ours", listed({ callback_url: `${DOOR}-old` }), "foreign_callback"],
    ["refused", refused, "subscription_unreadable"],
  ])("%s", (_what, reply, outcome) => expect(judgeSubscription(reply, DOOR).outcome).toBe(outcome));

  test("without an address of ours no callback is called foreign", () =>
    expect(judgeSubscription(listed({ callback_url: "https://x.example" }), null).outcome).toBe(
      "subscribed",
    ));

  test("a foreign callback is never repaired, nor one that could not be read", () => {
    const repaired = (Object.keys(WEBHOOK_CHECK_OUTCOMES) as (keyof typeof WEBHOOK_CHECK_OUTCOMES)[]).filter(
      mayRepair,
    );
    expect(repaired).toEqual(["not_subscribed", "inactive", "lacks_account_update"]);
    expect(isOurs("https://other.example.com/webhooks/meta", DOOR)).toBe(false);
  });
});

describe("our token", () => {
  const scopes = ["whatsapp_business_management", "whatsapp_business_messaging", "public_profile"];
  const token = (data: Record<string, unknown>): GraphReply =>
    answer({ data: { is_valid: true, expires_at: 0, scopes, ...data } });
  test.each<[string, GraphReply, string]>([
    ["for ever", token({}), "token_lives"],
    ["for a month", token({ expires_at: (NOW + 30 * DAY) / 1000 }), "token_lives"],
    ["for six days", token({ expires_at: (NOW + 6 * DAY) / 1000 }), "token_ends_soon"],
    ["dead", token({ is_valid: false }), "token_dead"],
    ["without the right to send", token({ scopes: scopes.slice(0, 1) }), "token_lacks_scopes"],
    ["refused", refused, "token_unreadable"],
  ])("%s", (_what, reply, outcome) => expect(judgeToken(reply, NOW).outcome).toBe(outcome));
});

test.each<[string, CertificateAnswer & { kind: "trusted" | "refused" }, string]>([
  ["for a year", { kind: "trusted", endsAt: NOW + 365 * DAY }, "certificate_lives"],
  ["for three weeks", { kind: "trusted", endsAt: NOW + 21 * DAY }, "certificate_lives"],
  ["for a day less", { kind: "trusted", endsAt: NOW + 20 * DAY }, "certificate_ends_soon"],
  ["no longer", { kind: "refused", why: "CERT_HAS_EXPIRED" }, "certificate_refused"],
])("a certificate that is trusted %s", (_what, answer, outcome) =>
  expect(judgeCertificate(answer, DOOR, NOW).outcome).toBe(outcome),
);

test("every outcome has its sentence, and every unhealthy one says what to do", () => {
  expect(Object.keys(en.webhook_checks.sentence).sort()).toEqual(Object.keys(WEBHOOK_CHECK_OUTCOMES).sort());
  const repairs: Record<string, string> = en.webhook_checks.repair;
  for (const [outcome, { ok }] of Object.entries(WEBHOOK_CHECK_OUTCOMES))
    if (!ok) expect(repairs[outcome]).toBeTruthy();
});
