/**
 * Webhook health: a missing subscription of our app is repaired and recorded; a foreign callback is reported
 * and left unchanged.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { APP_SECRET, openSandbox, type TestSandbox } from "../support/sandbox.ts";
import { until } from "../support/until.ts";

const APP = "600000000000001";
const FIVE_MINUTES = 301_000;

let app: TestSandbox;
beforeAll(async () => {
  app = await openSandbox();
});
afterAll(() => app?.stop());

interface WebhookCheck {
  check: string;
  ok: boolean;
  outcome: string;
  sentence: string;
  repair: string | null;
  at: string;
  repaired_at: string | null;
}

async function webhookCheckOf(check: string): Promise<WebhookCheck | undefined> {
  const { body } = await app.api("GET", "/connections");
  return body.data[0].webhook_checks.find((webhookCheck: WebhookCheck) => webhookCheck.check === check);
}

/**
 * Waits for an outcome; five minutes pass at each try, because a check may just have begun before what it
 * should see.
 */
const hears = (check: string, outcome: string, isRight = (_ear: WebhookCheck) => true) =>
  until(`${check} ${outcome}`, async () => {
    const webhookCheck = await webhookCheckOf(check);
    if (webhookCheck?.outcome === outcome && isRight(webhookCheck)) return webhookCheck;
    await app.advance(FIVE_MINUTES);
    return undefined;
  });

/** A call with the app's own token, as somebody with the App Dashboard would change it. */
async function asApp(method: string, query: Record<string, string> = {}) {
  const parameters = new URLSearchParams({ ...query, access_token: `${APP}|${APP_SECRET}` });
  const answer = await fetch(`${app.emulatorUrl()}/v25.0/${APP}/subscriptions?${parameters.toString()}`, {
    method,
  });
  expect(answer.status).toBe(200);
  return (await answer.json()) as { data: { callback_url: string; fields: { name: string }[] }[] };
}

test("after the start all is well", async () => {
  await hears("callback", "answers");
  expect(await hears("token", "token_lives")).toMatchObject({ value: { ok: true, repair: null } });
  const { value } = await hears("app_subscription", "subscribed");
  expect(value.sentence).toBe(`Meta's webhooks are sent to ${app.url()}/webhooks/meta.`);
});

test("the subscription of our app is deleted: repaired within five minutes, on the record, and a removal arrives again", async () => {
  await asApp("DELETE");
  expect((await asApp("GET")).data).toEqual([]);
  const before = (await webhookCheckOf("app_subscription"))?.repaired_at ?? "";
  const { value } = await hears(
    "app_subscription",
    "subscribed",
    (webhookCheck) => (webhookCheck.repaired_at ?? "") > before,
  );
  expect(value.ok).toBe(true);
  const [subscription] = (await asApp("GET")).data;
  expect(subscription?.callback_url).toBe(`${app.url()}/webhooks/meta`);
  expect(subscription?.fields.map((field) => field.name)).toContain("account_update");
  const audit = await app.database().query(
    `select actor, detail ->> 'found' as found from audit where action = 'app_subscription.repaired'
        order by id`,
  );
  expect(audit.at(-1)).toEqual({ actor: "system", found: "not_subscribed" });
  await app.act("partner.remove", { waba_id: "100000000000008" });
  await app.untilStatus("100000000000008", "permission_removed", "partner_removed");
});

test("the field that announces removals is taken out: it is added, and what was there stays", async () => {
  await asApp("DELETE", { fields: "account_update" });
  const before = (await webhookCheckOf("app_subscription"))?.repaired_at ?? "";
  await hears("app_subscription", "subscribed", (webhookCheck) => (webhookCheck.repaired_at ?? "") > before);
  const [subscription] = (await asApp("GET")).data;
  const names = subscription?.fields.map((field) => field.name) ?? [];
  expect(names).toEqual(expect.arrayContaining(["account_update", "messages", "account_review_update"]));
});

test("a callback that is not ours is named, and never overwritten", async () => {
  await app.emulator("POST", "/knobs", { verify_callbacks: false });
  const foreign = "https://other.example.com/hooks";
  const subscription = { object: "whatsapp_business_account", callback_url: foreign, verify_token: "theirs" };
  await asApp("POST", subscription);
  const { value } = await hears("app_subscription", "foreign_callback");
  expect(value.ok).toBe(false);
  expect(value.sentence).toContain(foreign);
  expect(value.repair).toMatch(/never overwrites/);
  await app.advance(FIVE_MINUTES);
  expect((await asApp("GET")).data[0]?.callback_url).toBe(foreign);
});

test("our token is dead: said so, and who must act", async () => {
  await app.act("token.revoke", {});
  const { value } = await hears("token", "token_dead");
  expect(value).toMatchObject({ ok: false, repair: expect.stringMatching(/META_SYSTEM_USER_TOKEN/) });
  await app.act("token.restore", {});
});
