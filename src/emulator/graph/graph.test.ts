import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { PARTNER, startHarness, SYSTEM_USER } from "../../../test/wire/emulator-harness.ts";
import type { Harness } from "../../../test/wire/emulator-harness.ts";

const FLORIST = "100000000000001";
const FLORIST_NUMBER = "200000000000001";
const CYCLES = "100000000000004";
const CYCLES_NUMBER = "200000000000005";
const CLINIC = "100000000000005";
const BAKERY_NUMBER = "200000000000004";

const unsupported = (method: string, id: string): string =>
  `Unsupported ${method} request. Object with ID '${id}' does not exist, cannot be loaded due to ` +
  "missing permissions, " +
  "or does not support this operation. Please read the Graph API documentation at https://developers.facebook.com/docs/graph-api";

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
beforeEach(async () => {
  await harness.control("POST", "/reset");
});
afterAll(() => harness.stop());

describe("Meta's error bodies", () => {
  test.each([
    ["GET", "get", CYCLES],
    ["GET", "get", "999"],
    ["GET", "get", CYCLES_NUMBER],
    ["POST", "post", `${CYCLES}/subscribed_apps`],
    ["DELETE", "delete", `${CYCLES}/assigned_users?user=1`],
  ])("A: %s, an object out of reach (%s, %s)", async (method, word, path) => {
    const answer = await harness.graph(method, `/v25.0/${path}`);
    expect(answer).toEqual({
      status: 400,
      body: {
        error: {
          message: unsupported(word, path.split("/")[0] as string),
          type: "GraphMethodException",
          code: 100,
          error_subcode: 33,
          fbtrace_id: expect.stringMatching(/^A\w{22}$/),
        },
      },
    });
  });

  test("B: a send on an account that is not shared", async () => {
    const { status, body } = await harness.send(CYCLES_NUMBER);
    expect([status, body.error.code, body.error.message]).toEqual([
      403,
      200,
      "(#200) You do not have the necessary permissions to send messages on behalf of this WhatsApp Business Account",
    ]);
  });

  test("the variants are knobs", async () => {
    await harness.control("POST", "/knobs", { unshared_send: "C", unshared_read: "E" });
    expect((await harness.send(CYCLES_NUMBER)).body.error).toMatchObject({
      code: 131005,
      message: "(#131005) Access denied",
    });
    const read = await harness.graph("GET", `/v25.0/${CYCLES}`);
    expect([read.status, read.body.error.message]).toEqual([403, "(#200) Permissions error"]);
  });

  test("an unknown field fails the whole request", async () => {
    const { status, body } = await harness.graph("GET", `/v25.0/${FLORIST}?fields=id,messaging_limit_tier`);
    expect(status).toBe(400);
    expect(body.error.message).toBe(
      "(#100) Tried accessing nonexisting field (messaging_limit_tier) on node type (WhatsAppBusinessAccount)",
    );
  });

  test.each([
    [null, 401, 104, undefined],
    ["nonsense", 401, 190, undefined],
  ])("token %s: %i, code %i", async (token, status, code, subcode) => {
    const answer = await harness.graph("GET", `/v25.0/${FLORIST}`, { token });
    expect([answer.status, answer.body.error.code, answer.body.error.error_subcode]).toEqual([
      status,
      code,
      subcode,
    ]);
  });

  test.each(["460", "463", "467"])("G: a revoked token, 190/%s", async (subcode) => {
    await harness.control("POST", "/knobs", { dead_token: subcode });
    await harness.act("token.revoke");
    const { status, body } = await harness.graph("GET", `/v25.0/${PARTNER}`);
    expect([status, body.error.code, body.error.error_subcode]).toEqual([401, 190, Number(subcode)]);
  });

  test("F: the client removed the app; our own token goes on", async () => {
    await harness.act("app.uninstall", { waba_id: CLINIC });
    const client = await harness.graph("GET", `/v25.0/${CLINIC}`, { token: "EAAclient510000000000004" });
    expect(client.status).toBe(401);
    expect(client.body.error).toMatchObject({
      code: 190,
      error_subcode: 458,
      message: "Error validating access token: The user has not authorized application 600000000000001.",
    });
    expect((await harness.graph("GET", `/v25.0/${CLINIC}`)).status).toBe(200);
  });

  test("a client's token reaches only what the client granted", async () => {
    const token = "EAAclient510000000000001";
    expect((await harness.graph("GET", `/v25.0/${FLORIST}`, { token })).status).toBe(200);
    expect((await harness.graph("GET", `/v25.0/${CLINIC}`, { token })).body.error.error_subcode).toBe(33);
  });
});

describe("an edge of another kind of node", () => {
  test.each([
    [PARTNER, "phone_numbers", "Business"],
    [PARTNER, "subscribed_apps", "Business"],
    [FLORIST_NUMBER, "phone_numbers", "WhatsAppBusinessPhoneNumber"],
    [FLORIST, "client_whatsapp_business_accounts", "WhatsAppBusinessAccount"],
    [FLORIST, "whatsapp_commerce_settings", "WhatsAppBusinessAccount"],
    ["600000000000001", "phone_numbers", "Application"],
    ["610000000000001", "system_users", "SystemUser"],
  ])("GET /%s/%s names the type %s", async (id, edge, type) => {
    const { status, body } = await harness.graph("GET", `/v25.0/${id}/${edge}`);
    expect([status, body.error.code, body.error.error_subcode]).toEqual([400, 100, undefined]);
    expect(body.error.message).toBe(
      `(#100) Tried accessing nonexisting field (${edge}) on node type (${type})`,
    );
    expect((await harness.requests()).at(-1)).not.toHaveProperty("not_emulated");
  });

  test("a write is an operation that the node does not support", async () => {
    const { status, body } = await harness.graph("POST", `/v25.0/${FLORIST}/register`);
    expect([status, body.error.message]).toEqual([400, unsupported("post", FLORIST)]);
  });

  test("a node out of reach is refused as such, whatever is asked of it", async () => {
    for (const id of [CYCLES, "510000000000003"])
      expect((await harness.graph("GET", `/v25.0/${id}/system_users`)).body.error.error_subcode).toBe(33);
  });
});

describe("what is not emulated", () => {
  test("says so, names the nearest, and stands in the journal", async () => {
    const { status, body } = await harness.graph("GET", `/v25.0/${FLORIST}/phone_number`);
    expect(status).toBe(501);
    expect(body.error.message).toBe(
      "GET /{waba}/phone_number is not emulated. The nearest that is: GET /{waba}/phone_numbers.",
    );
    expect((await harness.requests()).at(-1)).toMatchObject({
      path: `/v25.0/${FLORIST}/phone_number`,
      not_emulated: true,
    });
  });
});

describe("reads", () => {
  test("the listing comes in pages and ends; a lost share is not in it", async () => {
    const ids: string[] = [];
    let next: string | undefined = `/v25.0/${PARTNER}/client_whatsapp_business_accounts?fields=id&limit=5`;
    for (let page = 0; next && page < 10; page += 1) {
      const { body } = await harness.graph("GET", next.replace(harness.emulator.url, ""));
      ids.push(...body.data.map((each: { id: string }) => each.id));
      next = body.paging?.next;
    }
    expect(next).toBeUndefined();
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toContain(FLORIST);
    expect(ids).not.toContain(CYCLES);
    expect(ids).toHaveLength(13);
  });

  test("expansion, with and without version", async () => {
    const path = `/${FLORIST}?fields=name,owner_business_info{id},phone_numbers.limit(1){id,status}`;
    const { body } = await harness.graph("GET", path);
    expect(body).toMatchObject({
      id: FLORIST,
      name: "Northwind Florist",
      owner_business_info: { id: "510000000000001" },
      phone_numbers: { data: [{ id: FLORIST_NUMBER, status: "CONNECTED" }] },
    });
  });

  test("a coexistence number is on the app and on the Cloud API", async () => {
    const { body } = await harness.graph("GET", `/v25.0/${BAKERY_NUMBER}?fields=is_on_biz_app,platform_type`);
    expect(body).toEqual({ is_on_biz_app: true, platform_type: "CLOUD_API", id: BAKERY_NUMBER });
  });

  test("the funding source is left out when there is none, and a display name is judged", async () => {
    const read = async (path: string): Promise<unknown> =>
      (await harness.graph("GET", `/v25.0/${path}`)).body;
    const funding = `${FLORIST}?fields=primary_funding_id`;
    const held = await read(funding);
    expect(held).toHaveProperty("primary_funding_id");
    await harness.act("payment.remove", { waba_id: FLORIST });
    expect(await read(funding)).toEqual({ id: FLORIST });
    await harness.act("payment.add", { waba_id: FLORIST });
    expect(await read(funding)).toEqual(held);
    await harness.act("number.name", { phone_number_id: FLORIST_NUMBER, name_status: "DECLINED" });
    expect(await read(`${FLORIST_NUMBER}?fields=name_status`)).toEqual({
      name_status: "DECLINED",
      id: FLORIST_NUMBER,
    });
  });

  test("health: disabled and restricted accounts are blocked, a lesser restriction limits", async () => {
    const wabaEntity = async (): Promise<unknown> => {
      const { body } = await harness.graph("GET", `/v25.0/${FLORIST}?fields=health_status,status`);
      return body.health_status.entities.find((each: { entity_type: string }) => each.entity_type === "WABA");
    };
    await harness.act("waba.restrict", {
      waba_id: FLORIST,
      restrictions: ["RESTRICTED_BIZ_INITIATED_MESSAGING"],
    });
    expect(await wabaEntity()).toMatchObject({
      can_send_message: "LIMITED",
      additional_info: [expect.any(String)],
    });
    await harness.act("waba.restrict", { waba_id: FLORIST });
    expect(await wabaEntity()).toMatchObject({ can_send_message: "BLOCKED", errors: [{ error_code: 368 }] });
    await harness.act("waba.disable", { waba_id: FLORIST });
    expect(await wabaEntity()).toMatchObject({
      can_send_message: "BLOCKED",
      errors: [{ error_code: 131031 }],
    });
  });
});

describe("full control", () => {
  const users = `/v25.0/${FLORIST}/assigned_users`;

  test("MANAGE can be given where the share has it", async () => {
    const answer = await harness.graph("POST", `${users}?user=${SYSTEM_USER}&tasks=['MANAGE']`);
    expect(answer).toEqual({ status: 200, body: { success: true } });
    const { body } = await harness.graph("GET", `${users}?business=${PARTNER}`);
    expect(body.data).toEqual([{ id: SYSTEM_USER, name: "Admin System User", tasks: ["MANAGE"] }]);
  });

  test("after a reduction the write fails and the read shows it, unless the knob says otherwise", async () => {
    await harness.act("partner.reduce", { waba_id: FLORIST, tasks: ["MESSAGING"] });
    const write = await harness.graph("POST", users, { body: { user: SYSTEM_USER, tasks: ["MANAGE"] } });
    expect([write.status, write.body.error.code]).toEqual([403, 200]);
    const tasks = async (): Promise<string[]> =>
      (await harness.graph("GET", `${users}?business=${PARTNER}`)).body.data[0].tasks;
    expect(await tasks()).toEqual(["MESSAGING"]);
    await harness.control("POST", "/knobs", { reads_show_downgrade: false });
    expect(await tasks()).toEqual(["MANAGE"]);
  });

  test("business is required", async () => {
    expect((await harness.graph("GET", users)).body.error.code).toBe(100);
  });
});

describe("subscriptions", () => {
  const path = `/v25.0/${FLORIST}/subscribed_apps`;
  const override = { override_callback_uri: "https://alt.example/hook", verify_token: "t" };

  test("an override is read back, and a bare POST erases it", async () => {
    await harness.graph("POST", path, { body: override });
    expect((await harness.graph("GET", path)).body.data[0].override_callback_uri).toBe(
      "https://alt.example/hook",
    );
    await harness.graph("POST", path);
    expect((await harness.graph("GET", path)).body.data[0]).not.toHaveProperty("override_callback_uri");
  });

  test("removing the partner removes the subscription, and a new share does not bring it back", async () => {
    await harness.act("partner.remove", { waba_id: FLORIST });
    await harness.act("partner.assign", { waba_id: FLORIST });
    expect((await harness.graph("GET", path)).body).toEqual({ data: [] });
  });
});

describe("sending", () => {
  test("is accepted with Meta's body and followed by its statuses", async () => {
    const { status, body } = await harness.send(FLORIST_NUMBER);
    expect(status).toBe(200);
    expect(body).toEqual({
      messaging_product: "whatsapp",
      contacts: [{ input: "+16505551234", wa_id: "16505551234" }],
      messages: [{ id: expect.stringMatching(/^wamid\./) }],
    });
    const values = (await harness.delivered(2)).map(
      ({ body: text }) => JSON.parse(text).entry[0].changes[0].value,
    );
    expect(values.map((value) => value.statuses[0].status)).toEqual(["sent", "delivered"]);
    expect(values[0].metadata).toEqual({
      display_phone_number: "15550100001",
      phone_number_id: FLORIST_NUMBER,
    });
  });

  test.each([
    ["recipient", "US.13491208655302741918"],
    ["to", "US.13491208655302741918"],
    ["recipient", "US.ENT.13491208655302741918"],
  ])("field case 13: %s may be a user id, which never becomes a phone number: %s", async (name, userId) => {
    const { status, body } = await harness.graph("POST", `/${FLORIST_NUMBER}/messages`, {
      body: { messaging_product: "whatsapp", type: "text", text: { body: "Hello" }, [name]: userId },
    });
    expect([status, body.contacts]).toEqual([200, [{ input: userId, user_id: userId }]]);
    const values = (await harness.delivered(2)).map(
      ({ body: text }) => JSON.parse(text).entry[0].changes[0].value,
    );
    for (const { statuses } of values) {
      expect(statuses[0]).toMatchObject({ id: body.messages[0].id, recipient_user_id: userId });
      expect(statuses[0]).not.toHaveProperty("recipient_id");
    }
    expect(JSON.stringify([body, values]).replaceAll(userId, "")).not.toContain("13491208655302741918");
  });

  test.each([
    [{ to: "+16505551234", recipient: "US.1349" }, 400, "Only one of"],
    [{}, 400, "The parameter to is required"],
    [{ to: "" }, 400, "The parameter to is required"],
    [{ recipient: "" }, 400, "The parameter recipient is required"],
    [{ to: "pablo12345" }, 501, "not emulated"],
    [{ to: "US.13 49" }, 501, "not emulated"],
    [{ recipient: "+16505551234" }, 501, "not emulated"],
    [{ recipient_type: "group", to: "Y2FwaV9ncm91cA" }, 501, "not emulated"],
  ])("field case 13: no other recipient is guessed at: %o", async (given, status, words) => {
    const message = { messaging_product: "whatsapp", type: "text", text: { body: "Hello" }, ...given };
    const answer = await harness.graph("POST", `/${FLORIST_NUMBER}/messages`, { body: message });
    expect([answer.status, answer.body.error.message]).toEqual([status, expect.stringContaining(words)]);
  });

  test.each([
    ["number.deregister", 400, 133010],
    ["number.delete", 400, 33],
    ["waba.disable", 403, 131031],
    ["waba.restrict", 403, 368],
  ])("after %s: %i, code %i", async (action, status, code) => {
    await harness.act(action, { phone_number_id: FLORIST_NUMBER });
    const answer = await harness.send(FLORIST_NUMBER);
    expect([answer.status, answer.body.error.code]).toEqual([status, code]);
  });

  test("an offboarded companion keeps share, reads and subscription; only sends fail, until it is back", async () => {
    await harness.act("coexistence.offboard", { phone_number_id: BAKERY_NUMBER });
    expect((await harness.send(BAKERY_NUMBER)).body.error.code).toBe(133010);
    const read = await harness.graph("GET", `/v25.0/${BAKERY_NUMBER}?fields=platform_type,status`);
    expect(read.body).toEqual({ platform_type: "CLOUD_API", status: "CONNECTED", id: BAKERY_NUMBER });
    await harness.act("coexistence.reconnect", { phone_number_id: BAKERY_NUMBER });
    expect((await harness.send(BAKERY_NUMBER)).status).toBe(200);
  });

  test("a flagged number still sends", async () => {
    await harness.act("number.status", { phone_number_id: FLORIST_NUMBER, status: "FLAGGED" });
    expect((await harness.send(FLORIST_NUMBER)).status).toBe(200);
  });

  test("registering again needs the PIN", async () => {
    await harness.act("number.deregister", { phone_number_id: FLORIST_NUMBER });
    const register = (pin: string): Promise<{ status: number; body: { error?: { code: number } } }> =>
      harness.graph("POST", `/v25.0/${FLORIST_NUMBER}/register`, {
        body: { messaging_product: "whatsapp", pin },
      });
    expect((await register("654321")).body.error?.code).toBe(133005);
    expect((await register("123456")).status).toBe(200);
    expect((await harness.send(FLORIST_NUMBER)).status).toBe(200);
  });
});

test("commerce settings are read and set", async () => {
  const path = `/v25.0/${FLORIST_NUMBER}/whatsapp_commerce_settings`;
  await harness.graph("POST", `${path}?is_cart_enabled=false`);
  const { body } = await harness.graph("GET", path);
  expect(body.data).toEqual([{ id: expect.any(String), is_cart_enabled: false, is_catalog_visible: true }]);
});

test("debug_token: a client's WABAs while they are shared", async () => {
  const ask = async (): Promise<string[]> => {
    const { body } = await harness.graph("GET", "/v25.0/debug_token?input_token=EAAclient510000000000001");
    return body.data.granular_scopes[0].target_ids.toSorted();
  };
  expect(await ask()).toEqual([FLORIST, "100000000000002"]);
  await harness.act("partner.remove", { waba_id: FLORIST });
  expect(await ask()).toEqual(["100000000000002"]);
});

describe("requests that are wrong", () => {
  test.each([
    ["GET", "/v25.0/%E0%A4%A", 404, 803],
    ["GET", `/v25.0/${FLORIST}?fields=id,{`, 400, 2500],
    ["GET", `/v25.0/${PARTNER}/client_whatsapp_business_accounts?limit=none`, 400, 100],
    ["GET", `/v25.0/${PARTNER}/client_whatsapp_business_accounts?filtering=none`, 400, 100],
    ["POST", `/v25.0/${FLORIST_NUMBER}?webhook_configuration=none`, 400, 100],
    ["POST", `/v25.0/${FLORIST_NUMBER}/messages`, 400, 100],
  ])("%s %s: %i, code %i", async (method, path, status, code) => {
    const answer = await harness.graph(method, path);
    expect([answer.status, answer.body.error.code]).toEqual([status, code]);
  });

  test("`me` is the user of the token", async () => {
    expect((await harness.graph("GET", "/v25.0/me")).body.id).toBe(SYSTEM_USER);
    const client = await harness.graph("GET", "/v25.0/me", { token: "EAAclient510000000000001" });
    expect(client.body.id).toBe("620000000000001");
  });
});
