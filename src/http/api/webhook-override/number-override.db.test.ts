import { afterAll, beforeAll, expect, test } from "vitest";
import {
  api,
  db,
  goOn,
  app,
  openSignupApp,
  pass,
  setKnobs,
  wabaOf,
} from "../../../../test/support/signup-app.ts";

/**
 * Field case 10 and S21: callbacks set per number are read, kept and written back, and no address carries a
 * secret.
 */
beforeAll(async () => {
  await openSignupApp();
  await setKnobs({ verify_callbacks: false });
}, 60_000);
afterAll(() => app.stop());

const FLORIST = "100000000000001";
const FLORIST_NUMBER = "200000000000001";
const BAKERY = "100000000000003";
const BAKERY_NUMBER = "200000000000004";
const URI = "https://own.example/number";
const TOKEN = "a-token-that-nobody-else-knows";

const put = (id: string, uri = URI) =>
  api("PUT", `/numbers/${id}/webhook-override`, { uri, verify_token: TOKEN });

/** Somebody else changes it at Meta. */
async function atMeta(id: string, uri: string): Promise<void> {
  const reply = await app.deps.accountOf("default")?.graph.ask({
    method: "POST",
    path: `/${id}`,
    body: { webhook_configuration: { override_callback_uri: uri, verify_token: "theirs" } },
    token: app.config.metaSystemUserToken,
  });
  expect(reply?.kind).toBe("success");
}

async function heldAtMeta(id: string): Promise<string | null> {
  const state = await fetch(
    `${app.emulator.url}/v25.0/${id}?fields=webhook_configuration` +
      `&access_token=${app.config.metaSystemUserToken}`,
  );
  const { webhook_configuration: set } = (await state.json()) as {
    webhook_configuration: { phone_number?: string };
  };
  return set.phone_number ?? null;
}

async function check(wabaId: string) {
  await pass(31);
  return (await api("POST", `/wabas/${wabaId}/check`, {})).body;
}

interface Waba {
  numbers: { id: string; phone_number_id: string }[];
  setup_checks: { check: string }[];
}
const subscriptionRows = (waba: Waba) => waba.setup_checks.filter((row) => row.check === "subscription");

const detailsOf = async (wabaId: string, title: string): Promise<(string | null)[]> =>
  (await api("GET", `/wabas/${wabaId}/timeline?limit=100`)).body.data
    .filter((entry: { title: string }) => entry.title === title)
    .map((entry: { detail: string | null }) => entry.detail);

const LOST = "A number's own callback was lost at Meta";
const RESTORED = "Restored a number's own callback";

test("a callback that we hold is sealed, and written back when it is lost (field case 10)", async () => {
  const set = await put(FLORIST_NUMBER, `${URI}?key=secret`);
  expect([set.status, set.body.phone_number_id]).toEqual([200, FLORIST_NUMBER]);
  expect(await heldAtMeta(FLORIST_NUMBER)).toBe(`${URI}?key=secret`);
  const rows = await db().query<{ sealed: Buffer }>(
    "select sealed from secret where name = 'override_verify_token'",
  );
  expect(rows).toHaveLength(1);
  expect(JSON.stringify(rows)).not.toContain(TOKEN);
  await check(FLORIST);
  await atMeta(FLORIST_NUMBER, "");
  const after = await check(FLORIST);
  expect(await heldAtMeta(FLORIST_NUMBER)).toBe(`${URI}?key=secret`);
  expect(subscriptionRows(after)).toMatchObject([{ verdict: "yes" }]);
  expect(await detailsOf(FLORIST, RESTORED)).toEqual([`${FLORIST_NUMBER}: ${URI}`]);
  expect(await detailsOf(FLORIST, LOST)).toEqual([]);
});

test("a callback that we only read is named as lost, once per number (field case 10)", async () => {
  await atMeta(BAKERY_NUMBER, `${URI}?key=theirs`);
  expect(subscriptionRows(await check(BAKERY))).toMatchObject([{ verdict: "yes" }]);
  await atMeta(BAKERY_NUMBER, "");
  const lost = await check(BAKERY);
  const { id } = lost.numbers[0];
  expect(subscriptionRows(lost)).toMatchObject([
    {
      verdict: "no",
      who_must_act: "provider",
      number_id: id,
      text: expect.stringContaining(`callback ${URI} was lost`),
    },
  ]);
  expect(lost.status).toBe("live");
  await check(BAKERY);
  expect(await detailsOf(BAKERY, LOST)).toEqual([`${BAKERY_NUMBER}: ${URI}`]);
  expect(JSON.stringify((await api("GET", `/wabas/${BAKERY}/timeline?limit=100`)).body)).not.toContain(
    "key=",
  );
  expect((await put(BAKERY_NUMBER)).status).toBe(200);
  expect(subscriptionRows(await check(BAKERY))).toMatchObject([{ verdict: "yes" }]);
});

test("removed here, it is removed at Meta and no longer written back", async () => {
  expect((await api("DELETE", `/numbers/${FLORIST_NUMBER}/webhook-override`)).status).toBe(204);
  expect(await heldAtMeta(FLORIST_NUMBER)).toBeNull();
  expect(subscriptionRows(await check(FLORIST))).toMatchObject([{ verdict: "yes" }]);
  expect(await heldAtMeta(FLORIST_NUMBER)).toBeNull();
});

test("in observe mode nothing is written", async () => {
  expect((await put(FLORIST_NUMBER)).status).toBe(200);
  await check(FLORIST);
  expect((await api("PATCH", `/wabas/${FLORIST}`, { mode: "observe" })).status).toBe(200);
  await atMeta(FLORIST_NUMBER, "");
  expect(subscriptionRows(await check(FLORIST))).toMatchObject([{ verdict: "no" }]);
  expect(await heldAtMeta(FLORIST_NUMBER)).toBeNull();
  expect((await put(FLORIST_NUMBER)).body.code).toBe("not_written");
  await api("PATCH", `/wabas/${FLORIST}`, { mode: "enforce" });
});

test.each([
  ["https://user:pass@evil.example/hook", "user name or a password"],
  ["https://token@evil.example/hook", "user name or a password"],
  ["http://own.example/hook", "use https"],
  ["http://127.0.0.1.evil.example/hook", "use https"],
])(
  "an address that carries a secret, or is not encrypted, is refused with what to do (S21): %s",
  async (uri, what) => {
    for (const path of [`/numbers/${FLORIST_NUMBER}`, `/wabas/${FLORIST}`]) {
      const refused = await api("PUT", `${path}/webhook-override`, { uri, verify_token: TOKEN });
      expect([refused.status, refused.body.code]).toEqual([400, "invalid_request"]);
      expect(refused.body.detail).toContain(what);
    }
  },
);

test("what somebody else set at Meta is shown without its user, its password and its query (S21)", async () => {
  await atMeta(BAKERY_NUMBER, "https://user:pass@own.example/hook?key=theirs");
  await check(BAKERY);
  await db().query("delete from secret where name = 'override_verify_token'");
  await atMeta(BAKERY_NUMBER, "");
  await check(BAKERY);
  await goOn();
  const shown = JSON.stringify([
    await wabaOf(BAKERY),
    (await api("GET", `/wabas/${BAKERY}/timeline?limit=100`)).body,
    (await api("GET", "/events?limit=100")).body,
  ]);
  expect(shown).toContain("https://own.example/hook was lost");
  expect(shown).not.toMatch(/pass@|key=/);
});
