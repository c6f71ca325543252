import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  APP_SECRET,
  PARTNER,
  startHarness,
  SYSTEM_TOKEN,
  SYSTEM_USER,
} from "../../../test/wire/emulator-harness.ts";
import type { Answer, Harness } from "../../../test/wire/emulator-harness.ts";
import { proofOf } from "./access.ts";

const APP = "600000000000001";
const FLORIST = "100000000000001";
const FLORIST_NUMBER = "200000000000001";
const EVENTS = "100000000000002";
const BAKERY_NUMBER = "200000000000004";
const CYCLES = "100000000000004";
const CYCLES_NUMBER = "200000000000005";
const NORTHWIND = "510000000000001";

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
beforeEach(async () => {
  await harness.control("POST", "/reset");
  await harness.control("POST", "/clock", { mode: "frozen", now: "2026-11-22T12:00:00Z" });
});
afterAll(() => harness.stop());

const knobs = (given: object): Promise<Answer> => harness.control("POST", "/knobs", given);
const advance = (ms: number): Promise<Answer> => harness.control("POST", "/clock", { advance_ms: ms });
const raw = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(harness.emulator.url + path, { headers: { authorization: `Bearer ${SYSTEM_TOKEN}`, ...headers } });

describe("several requests in one", () => {
  test("batch: each part is answered for itself", async () => {
    const batch = [
      { method: "GET", relative_url: `v25.0/${FLORIST}?fields=name` },
      { method: "GET", relative_url: CYCLES },
      {
        method: "POST",
        relative_url: `${FLORIST}/assigned_users`,
        body: `user=${SYSTEM_USER}&tasks=["MANAGE"]`,
      },
    ];
    const { status, body } = await harness.graph("POST", "/v25.0/", {
      body: { batch, include_headers: false },
    });
    expect(status).toBe(200);
    expect(body.map((part: { code: number }) => part.code)).toEqual([200, 400, 200]);
    expect(JSON.parse(body[0].body)).toEqual({ name: "Northwind Florist", id: FLORIST });
    expect(JSON.parse(body[1].body).error.error_subcode).toBe(33);
    expect(body[0]).not.toHaveProperty("headers");
  });

  test("batch: a part that a fault breaks off is null, and 51 parts are too many", async () => {
    await harness.control("POST", "/faults", { match: { waba_id: FLORIST }, respond: "reset" });
    const batch = [{ relative_url: FLORIST }, { relative_url: EVENTS }];
    const { body } = await harness.graph("POST", `/?batch=${encodeURIComponent(JSON.stringify(batch))}`);
    expect(body.map((part: { code: number } | null) => part?.code)).toEqual([undefined, 200]);
    await harness.control("DELETE", "/faults");
    const many = Array.from({ length: 51 }, () => ({ relative_url: FLORIST }));
    expect((await harness.graph("POST", "/", { body: { batch: many } })).body.error.code).toBe(100);
  });

  test("ids: an object by id, with an edge too; one bad id fails all", async () => {
    const { body } = await harness.graph("GET", `/v25.0/?ids=${FLORIST},${EVENTS}&fields=name`);
    expect(Object.keys(body)).toEqual([FLORIST, EVENTS]);
    const edge = await harness.graph("GET", `/v25.0/phone_numbers?ids=${FLORIST}&fields=id`);
    expect(edge.body[FLORIST].data).toEqual([{ id: FLORIST_NUMBER }]);
    expect((await harness.graph("GET", `/?ids=${FLORIST},${CYCLES}`)).status).toBe(400);
  });
});

describe("headers", () => {
  test("version, trace and usage", async () => {
    const { headers } = await raw(`/v25.0/${FLORIST}`);
    expect(headers.get("facebook-api-version")).toBe("v25.0");
    expect(headers.get("x-fb-trace-id")).toMatch(/^A\w{22}$/);
    const usage = JSON.parse(headers.get("x-business-use-case-usage") ?? "");
    expect(usage[FLORIST][0]).toMatchObject({ type: "whatsapp_business_management", call_count: 0 });
  });

  test("a version that has ended is raised to the oldest that lives; one that never was is no path", async () => {
    expect((await raw(`/v18.0/${FLORIST}`)).headers.get("facebook-api-version")).toBe("v21.0");
    const { status, body } = await harness.graph("GET", `/v99.0/${FLORIST}`);
    expect([status, body.error.code]).toEqual([400, 2500]);
  });

  test("an ETag that the caller knows saves the body, until the object changes", async () => {
    const path = `/v25.0/${FLORIST_NUMBER}?fields=status`;
    const etag = (await raw(path)).headers.get("etag") ?? "";
    expect(etag).toMatch(/^"[0-9a-f]{40}"$/);
    const again = await raw(path, { "if-none-match": etag });
    expect([again.status, await again.text()]).toEqual([304, ""]);
    await harness.act("number.status", { phone_number_id: FLORIST_NUMBER, status: "FLAGGED" });
    expect((await raw(path, { "if-none-match": etag })).status).toBe(200);
  });

  test("an authentication error names itself in a header", async () => {
    const { headers } = await raw(`/v25.0/${FLORIST}`, { authorization: "Bearer nonsense" });
    expect(headers.get("www-authenticate")).toContain('OAuth "Facebook Platform" "invalid_token"');
  });
});

describe("appsecret_proof", () => {
  const read = (query: string): Promise<Answer> => harness.graph("GET", `/${FLORIST}${query}`);

  test("a given one must be right", async () => {
    expect((await read(`?appsecret_proof=${proofOf(SYSTEM_TOKEN, APP_SECRET)}`)).status).toBe(200);
    const wrong = await read("?appsecret_proof=00");
    expect([wrong.status, wrong.body.error.message]).toEqual([
      400,
      "Invalid appsecret_proof provided in the API argument",
    ]);
  });

  test("the knob asks for one", async () => {
    await knobs({ require_appsecret_proof: true });
    expect((await read("")).body.error.message).toMatch(/require an appsecret_proof/);
    expect((await read(`?appsecret_proof=${proofOf(SYSTEM_TOKEN, APP_SECRET)}`)).status).toBe(200);
  });
});

describe("the hourly limit", () => {
  const bare = async (): Promise<string> =>
    (
      await harness.control("POST", "/signup", {
        business_id: NORTHWIND,
        new_waba: { name: "New" },
        silent: true,
      })
    ).body.waba_id;

  test("200 calls without a registered number; refusals do not count; an hour later it goes on", async () => {
    const id = await bare();
    for (let count = 0; count < 199; count += 1) await harness.graph("GET", `/${id}`);
    for (let count = 0; count < 5; count += 1) await harness.graph("GET", `/${id}?fields=nonsense`);
    expect((await harness.graph("GET", `/${id}`)).status).toBe(200);
    const refused = await raw(`/${id}`);
    const { error } = (await refused.json()) as { error: { code: number; message: string } };
    expect([refused.status, error.code]).toEqual([400, 80008]);
    const usage = JSON.parse(refused.headers.get("x-business-use-case-usage") ?? "");
    expect(usage[id][0]).toMatchObject({ call_count: 100, estimated_time_to_regain_access: 60 });
    expect((await harness.graph("GET", `/${FLORIST}`)).status).toBe(200);
    await advance(3_600_000);
    expect((await harness.graph("GET", `/${id}`)).status).toBe(200);
  });

  test("the code is a knob, and so is the limit itself", async () => {
    const id = await bare();
    for (let count = 0; count < 200; count += 1) await harness.graph("GET", `/${id}`);
    await knobs({ throttle_code: "80007" });
    expect((await harness.graph("GET", `/${id}`)).body.error.code).toBe(80007);
    await knobs({ limits: false });
    expect((await harness.graph("GET", `/${id}`)).status).toBe(200);
  });
});

describe("tokens and permissions", () => {
  const employee = async (scope?: string): Promise<{ id: string; token: string }> => {
    const made = await harness.graph("POST", `/${PARTNER}/system_users`, {
      body: { name: "Eve", role: "EMPLOYEE" },
    });
    const body = { business_app: APP, ...(scope && { scope }) };
    const issued = await harness.graph("POST", `/${made.body.id}/access_tokens`, { body });
    return { id: made.body.id, token: issued.body.access_token };
  };

  test("an employee reaches what it was assigned to, with those tasks, and assigns nobody", async () => {
    const { id, token } = await employee();
    expect((await harness.graph("GET", `/${FLORIST}`, { token })).status).toBe(400);
    await harness.graph("POST", `/${FLORIST}/assigned_users`, { body: { user: id, tasks: ["MESSAGING"] } });
    expect((await harness.graph("GET", `/${FLORIST}`, { token })).status).toBe(200);
    expect((await harness.graph("GET", `/${EVENTS}`, { token })).status).toBe(400);
    expect((await harness.send(FLORIST_NUMBER, token)).status).toBe(200);
    expect((await harness.graph("POST", `/${FLORIST}/subscribed_apps`, { token })).status).toBe(403);
    const shared = await harness.graph("GET", `/${PARTNER}/client_whatsapp_business_accounts`, { token });
    expect(shared.body.data.map((each: { id: string }) => each.id)).toEqual([FLORIST]);
    const assigned = await harness.graph("GET", `/${id}/assigned_whatsapp_business_accounts`);
    expect(assigned.body.data).toMatchObject([{ id: FLORIST, tasks: ["MESSAGING"] }]);
    await harness.graph("POST", `/${FLORIST}/assigned_users`, { body: { user: id, tasks: ["MANAGE"] } });
    const assign = { body: { user: id, tasks: ["MANAGE"] }, token };
    expect((await harness.graph("POST", `/${FLORIST}/assigned_users`, assign)).body.error.code).toBe(200);
  });

  test("a token without a permission is refused with it; loose permissions let everything pass", async () => {
    const { id, token } = await employee("whatsapp_business_management");
    await harness.graph("POST", `/${FLORIST}/assigned_users`, { body: { user: id, tasks: ["MANAGE"] } });
    const refused = await harness.send(FLORIST_NUMBER, token);
    expect([refused.status, refused.body.error.code]).toEqual([403, 10]);
    await knobs({ permissions: "loose" });
    expect((await harness.send(FLORIST_NUMBER, token)).status).toBe(200);
    expect((await harness.send(CYCLES_NUMBER, token)).status).toBe(200);
  });

  test("debug_token: the app's own token may ask, and is itself of type APP", async () => {
    const path = `/debug_token?input_token=EAAclient${NORTHWIND}`;
    const { body } = await harness.graph("GET", path, { token: `${APP}|${APP_SECRET}` });
    expect(body.data).toMatchObject({ is_valid: true, app_id: APP });
    const own = await harness.graph("GET", `/debug_token?input_token=${APP}|${APP_SECRET}`);
    expect(own.body.data).toMatchObject({ type: "APP", is_valid: true });
  });

  test("the order of target_ids is not stable", async () => {
    const orders = new Set<string>();
    for (let count = 0; count < 20; count += 1) {
      const { body } = await harness.graph("GET", `/debug_token?input_token=EAAclient${NORTHWIND}`);
      orders.add(body.data.granular_scopes[0].target_ids.join());
    }
    expect(orders.size).toBe(2);
  });

  test("fetch_only gives the client's token again, and only while something is shared", async () => {
    const body = { fetch_only: true, appsecret_proof: proofOf(SYSTEM_TOKEN, APP_SECRET) };
    const path = `/${NORTHWIND}/system_user_access_tokens`;
    expect((await harness.graph("POST", path, { body })).body).toEqual({
      access_token: `EAAclient${NORTHWIND}`,
    });
    await harness.act("token.revoke", { owner: "client", waba_id: FLORIST });
    const { access_token: fresh } = (await harness.graph("POST", path, { body })).body;
    expect(fresh).not.toBe(`EAAclient${NORTHWIND}`);
    expect((await harness.graph("GET", `/${FLORIST}`, { token: fresh })).status).toBe(200);
    for (const id of [FLORIST, EVENTS]) await harness.act("partner.remove", { waba_id: id });
    expect((await harness.graph("POST", path, { body })).body.error.error_subcode).toBe(33);
    expect((await harness.graph("POST", path, { body: { appsecret_proof: "x" } })).status).toBe(400);
  });

  test("the shape of a refusal may depend on what ended the share", async () => {
    await knobs({ unshared_by: { "partner.takeover": { read: "E", send: "C" } } });
    await harness.act("partner.takeover", { waba_id: FLORIST });
    expect((await harness.graph("GET", `/${FLORIST}`)).body.error.code).toBe(200);
    expect((await harness.send(FLORIST_NUMBER)).body.error.code).toBe(131005);
    expect((await harness.send(CYCLES_NUMBER)).body.error.code).toBe(200);
  });
});

describe("registration", () => {
  const post = (id: string, edge: string, body: object = {}): Promise<Answer> =>
    harness.graph("POST", `/v25.0/${id}/${edge}`, { body: { messaging_product: "whatsapp", ...body } });
  const register = (pin: string, id = FLORIST_NUMBER): Promise<Answer> => post(id, "register", { pin });

  test("ten times in 72 hours, then 133016 until the first is old enough", async () => {
    for (let count = 0; count < 5; count += 1) {
      await post(FLORIST_NUMBER, "deregister");
      expect((await register("123456")).status).toBe(200);
    }
    expect((await register("123456")).body.error.code).toBe(133016);
    await advance(72 * 3_600_000);
    expect((await register("123456")).status).toBe(200);
  });

  test("five wrong PINs, then none is looked at for an hour", async () => {
    for (let count = 0; count < 5; count += 1)
      expect((await register("000000")).body.error.code).toBe(133005);
    expect((await register("123456")).body.error.code).toBe(133008);
    await advance(3_600_000);
    expect((await register("123456")).status).toBe(200);
  });

  test("a forgotten PIN can be set anew", async () => {
    expect((await harness.graph("POST", `/${FLORIST_NUMBER}`, { body: { pin: "654321" } })).status).toBe(200);
    expect((await register("654321")).status).toBe(200);
  });

  test("in the new account model a registered number passes again without its PIN", async () => {
    await knobs({ account_model_phase: 1 });
    expect((await register("000000")).status).toBe(200);
  });

  test("a new number: added, verified by a code, registered", async () => {
    const added = { cc: "49", phone_number: "30901820", verified_name: "Florist" };
    const { id } = (await harness.graph("POST", `/${FLORIST}/phone_numbers`, { body: added })).body;
    expect((await register("111111", id)).body.error.code).toBe(133006);
    await post(id, "request_code", { code_method: "SMS", language: "en_US" });
    expect((await post(id, "verify_code", { code: "no" })).body.error.code).toBe(136025);
    const { numbers } = (await harness.control("GET", "/state")).body;
    const code = numbers.find((each: { id: string }) => each.id === id).verification_code;
    expect((await post(id, "verify_code", { code })).body).toEqual({ success: true, id });
    expect((await register("111111", id)).status).toBe(200);
    expect((await harness.graph("POST", `/${FLORIST}/phone_numbers`, { body: added })).status).toBe(400);
  });

  test("a number deleted a moment ago waits five minutes", async () => {
    await harness.act("number.delete", { phone_number_id: FLORIST_NUMBER });
    const added = { cc: "1", phone_number: "555 010 0001", verified_name: "Florist" };
    const { id } = (await harness.graph("POST", `/${FLORIST}/phone_numbers`, { body: added })).body;
    expect((await register("111111", id)).body.error.code).toBe(133015);
    await advance(5 * 60_000);
    expect((await register("111111", id)).body.error.code).toBe(133006);
  });

  test("an app number is never deregistered by us", async () => {
    const { body } = await post(BAKERY_NUMBER, "deregister");
    expect(body.error.message).toMatch(/not available for API solution for SMB/);
  });
});

describe("smb_app_data", () => {
  const sync = (type: string): Promise<Answer> =>
    harness.graph("POST", `/${BAKERY_NUMBER}/smb_app_data`, {
      body: { messaging_product: "whatsapp", sync_type: type },
    });
  const onboard = (more = {}): Promise<Answer> =>
    harness.control("POST", "/signup", {
      waba_id: "100000000000003",
      coexistence: true,
      silent: true,
      ...more,
    });

  test("once each within 24 hours of onboarding, and the data arrives", async () => {
    await onboard();
    const { body } = await sync("smb_app_state_sync");
    expect(body).toEqual({ messaging_product: "whatsapp", request_id: expect.any(String) });
    expect((await sync("smb_app_state_sync")).body.error.code).toBe(2593107);
    await harness.control("POST", "/settle");
    const sent = (await harness.deliveries()).map((each) => JSON.parse(each.body).entry[0].changes[0]);
    expect(sent.map((change) => change.field)).toEqual(["smb_app_state_sync"]);
    await advance(24 * 3_600_000 + 1);
    expect((await sync("history")).body.error.code).toBe(2593108);
  });

  test("a client that does not share its chats", async () => {
    await onboard({ share_history: false });
    await sync("history");
    await harness.control("POST", "/settle");
    const [delivery] = await harness.deliveries();
    expect(JSON.parse(delivery?.body ?? "").entry[0].changes[0].value.history[0].errors[0].code).toBe(
      2593109,
    );
  });
});

test("the business profile is read and set", async () => {
  const path = `/${FLORIST_NUMBER}/whatsapp_business_profile`;
  const body = { messaging_product: "whatsapp", about: "Flowers", websites: ["https://florist.example"] };
  await harness.graph("POST", path, { body });
  expect((await harness.graph("GET", `${path}?fields=about,websites`)).body.data).toEqual([
    { about: "Flowers", websites: ["https://florist.example"], messaging_product: "whatsapp" },
  ]);
});
