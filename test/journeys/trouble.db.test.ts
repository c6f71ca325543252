/**
 * Missing and wrong answers: whatever happens between us and Meta, no client is blamed and no gate closes for
 * it.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { accountUpdate, openSandbox, signatureOf, type TestSandbox } from "../support/sandbox.ts";
import { until } from "../support/until.ts";

const LINDEN = { waba: "100000000000008", number: "200000000000009" };
const COPPER = { waba: "100000000000009", number: "200000000000010" };
const FERN = { waba: "100000000000011", number: "200000000000013" };
const ORCHARD = { waba: "100000000000012", number: "200000000000014" };
const ALDER = { waba: "100000000000014", number: "200000000000017" };
const CAFE = { waba: "100000000000015", number: "200000000000018" };

const THROTTLED = {
  status: 400,
  error: { message: "(#80008) There have been too many calls", type: "OAuthException", code: 80008 },
};

let app: TestSandbox;
beforeAll(async () => {
  app = await openSandbox();
});
afterAll(() => app?.stop());
afterEach(() => app?.clearFaults());

/** Everything in the journal so far, as type and WABA. */
async function eventsAfter(
  cursor: string | undefined,
): Promise<{ id: string; type: string; waba_id: string }[]> {
  const all: { id: string; type: string; waba_id: string }[] = [];
  let after = cursor;
  for (;;) {
    const { body } = await app.api("GET", `/events?limit=100${after === undefined ? "" : `&after=${after}`}`);
    all.push(...body.data);
    after = body.data.at(-1)?.id ?? after;
    if (body.data.length < 100) return all;
  }
}

const statusOf = (waba: { conditions: { type: string; status: string; reason: string }[] }, type: string) => {
  const { status, reason } = waba.conditions.find((condition) => condition.type === type) ?? {};
  return { status, reason };
};

describe("Meta is in trouble", () => {
  test.each([
    { what: "answers 500", on: LINDEN, respond: { status: 500 }, reason: "meta_unreachable" },
    { what: "hangs", on: COPPER, respond: "hang", reason: "meta_unreachable" },
    { what: "breaks connections", on: FERN, respond: "reset", reason: "meta_unreachable" },
    { what: "throttles us", on: ORCHARD, respond: THROTTLED, reason: "throttled" },
  ])(
    "while it $what, the share is Unknown, nothing is called removed, and messages flow",
    async ({ on, respond, reason }) => {
      const before = (await eventsAfter(undefined)).at(-1)?.id;
      await app.fault({ match: { waba_id: on.waba, method: "GET" }, respond });
      const waba = await app.check(on.waba);
      expect(waba).toMatchObject({
        status: "unknown",
        status_label: "CHECKING",
        lamp: "grey",
        reason,
        hub_error: null,
      });
      expect(statusOf(waba, "Shared")).toEqual({ status: "Unknown", reason });
      expect(waba.recovery.methods[0]).toMatchObject({ method: "wait", available: true });
      expect((await app.send(on.number)).status).toBe(200);
      await app.clearFaults();
      expect(await app.check(on.waba)).toMatchObject({ status: "live", reason: null });
      expect(statusOf(await app.waba(on.waba), "Shared")).toEqual({ status: "True", reason: "proven" });
      const reported = (await eventsAfter(before)).map((event) => event.type);
      expect(reported).not.toContain("waba.share.lost");
      expect(reported).not.toContain("waba.gate.closed");
    },
  );

  test("our own token is revoked: nobody is blamed, messages get 503, and all is well when it is valid again", async () => {
    await app.act("token.revoke", {});
    const waba = await app.check(ALDER.waba);
    expect(waba).toMatchObject({
      status: "unknown",
      reason: "provider_token_invalid",
      who_must_act: "provider",
      hub_error: null,
    });
    expect(statusOf(waba, "TokenValid")).toEqual({ status: "False", reason: "provider_token_invalid" });
    expect(statusOf(waba, "Shared").status).toBe("Unknown");
    expect(waba.recovery.methods[0]).toMatchObject({ method: "replace_token" });
    const refused = await app.send(ALDER.number);
    expect([refused.status, refused.body.error.code, refused.body.error.error_data.retryable]).toEqual([
      503,
      131016,
      true,
    ]);
    expect(refused.body.error.error_data).toMatchObject({
      reason: "provider_token_invalid",
      who_must_act: "provider",
    });
    const lost = (await app.api("GET", "/wabas?limit=100&status=permission_removed")).body.data;
    expect(lost.map((each: { id: string }) => each.id).sort()).toEqual([
      "100000000000004",
      "100000000000005",
      "100000000000006",
    ]);
    await app.act("token.restore", {});
    expect(await app.check(ALDER.waba)).toMatchObject({ status: "live" });
    await until(
      "it sends",
      async () => ((await app.send(ALDER.number)).status === 200 ? true : undefined),
      2_000,
    );
  });

  test("a refusal by Meta at sending changes nothing by itself, and starts a probe", async () => {
    const before = await app.waba(FERN.waba);
    await app.fault({
      match: { method: "POST", path: `*/${FERN.number}/messages` },
      respond: {
        status: 403,
        error: { message: "(#131005) Access denied", type: "OAuthException", code: 131005 },
      },
      count: 1,
    });
    const refused = await app.send(FERN.number);
    expect([refused.status, refused.headers.get("sharekeeper-refused")]).toEqual([403, null]);
    expect((await app.send(FERN.number)).status).toBe(200);
    await until("a probe after it", async () => {
      const waba = await app.waba(FERN.waba);
      expect(waba.status).toBe("live");
      return waba.last_proven_at > before.last_proven_at ? true : undefined;
    });
  });
});

describe("the webhook is lost", () => {
  test("the periodic sweep finds the removal and claims no cause that it cannot know", async () => {
    await app.act("partner.remove", { waba_id: CAFE.waba, silent: true });
    await app.advance(20_000);
    await app.untilStatus(CAFE.waba, "permission_removed", "unspecified");
    expect((await app.waba(CAFE.waba)).summary).toMatch(/Meta did not say why.* between .* and /);
    expect((await app.send(CAFE.number)).status).toBe(403);
  });

  test("the sweep finds the repair, too", async () => {
    await app.act("partner.assign", { waba_id: CAFE.waba, silent: true });
    await app.advance(20_000);
    await app.untilStatus(CAFE.waba, "live");
  });
});

describe("what others say is no proof", () => {
  test("a wrong or missing signature is refused, and nothing of it is kept", async () => {
    const removal = accountUpdate(ALDER.waba, "PARTNER_REMOVED");
    const before = await app.timeline(ALDER.waba);
    const kept = await keptCount();
    for (const signature of [
      signatureOf(JSON.stringify(removal), "another secret"),
      "sha256=",
      "sha1=abc",
      "",
    ]) {
      const answer = await app.webhook(removal, signature);
      expect([answer.status, answer.body]).toEqual([
        401,
        "The signature is missing or not Meta's. Check META_APP_SECRET.",
      ]);
    }
    expect(await keptCount()).toBe(kept);
    expect((await app.timeline(ALDER.waba)).map((entry) => entry.id)).toEqual(
      before.map((entry) => entry.id),
    );
    expect((await app.waba(ALDER.waba)).status).toBe("live");
  });

  test.each([
    ["another portfolio lost it", "PARTNER_REMOVED", { entryId: "999000000000001" }],
    ["another app was removed", "PARTNER_APP_UNINSTALLED", { info: { partner_app_id: "699000000000001" } }],
    [
      "another solution's partners",
      "PARTNER_REMOVED",
      { info: { solution_id: "1", solution_partner_business_ids: ["999000000000001", "999000000000002"] } },
    ],
  ])("%s: it is on the timeline, and only starts a probe", async (_what, event, more) => {
    const countHints = async () =>
      (await app.timeline(ALDER.waba)).filter((entry) => entry.kind === "hint").length;
    const before = await countHints();
    const { last_proven_at: provenBefore } = await app.waba(ALDER.waba);
    expect((await app.webhook(accountUpdate(ALDER.waba, event, more))).status).toBe(200);
    await until("the hint and a probe", async () => {
      expect((await app.send(ALDER.number)).status).toBe(200);
      const waba = await app.waba(ALDER.waba);
      expect(waba.status).toBe("live");
      return (await countHints()) > before && waba.last_proven_at > provenBefore ? true : undefined;
    });
  });

  test("an event about a WABA that nobody took in keeps it as found, not adopted", async () => {
    const stranger = "109000000000001";
    expect((await app.webhook(accountUpdate(stranger, "PARTNER_ADDED"))).status).toBe(200);
    await until("it is found", async () =>
      (await app.api("GET", `/wabas/${stranger}`)).status === 200 ? true : undefined,
    );
    expect(await app.waba(stranger)).toMatchObject({
      status: "discovered",
      reason: "not_adopted",
      who_must_act: "provider",
    });
  });
});

/** Webhooks that were kept, as the metrics count them. */
async function keptCount(): Promise<number> {
  const text = await (await fetch(`${app.url()}/metrics`)).text();
  return Number(/^sharekeeper_webhooks_total\{outcome="kept"\} (\d+)$/m.exec(text)?.[1]);
}
