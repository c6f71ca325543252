/**
 * Meta's own Node SDK against the emulator, with only the base address changed: what a program written for
 * Meta does, works here. The SDK keeps its address in a static getter, so changing it is replacing that.
 */
import sdk from "facebook-nodejs-business-sdk";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { proofOf } from "../../src/emulator/graph/access.ts";
import { APP_SECRET, PARTNER, startHarness, SYSTEM_TOKEN, SYSTEM_USER } from "./emulator-harness.ts";
import type { Harness } from "./emulator-harness.ts";

const { Business, FacebookAdsApi, FacebookAdsApiBatch, WhatsAppBusinessAccount } = sdk;

const FLORIST = "100000000000001";
const CYCLES = "100000000000004";
const NORTHWIND = "510000000000001";

let harness: Harness;
let api: InstanceType<typeof FacebookAdsApi>;
beforeAll(async () => {
  harness = await startHarness();
  Object.defineProperty(FacebookAdsApi, "GRAPH", { get: () => harness.emulator.url });
  api = FacebookAdsApi.init(SYSTEM_TOKEN, "en_US", false);
});
beforeEach(async () => {
  await harness.control("POST", "/reset");
});
afterAll(() => harness.stop());

describe("facebook-nodejs-business-sdk", () => {
  test("walks the shared accounts page by page", async () => {
    const fields = ["id", "name", "owner_business_info"];
    let page = await new Business(PARTNER).getClientWhatsAppBusinessAccounts(fields, { limit: 5 });
    const ids = page.map((waba) => waba.id);
    while (page.hasNext()) {
      page = await page.next();
      ids.push(...page.map((waba) => waba.id));
    }
    expect(ids).toHaveLength(13);
    expect(ids).toContain(FLORIST);
    expect(ids).not.toContain(CYCLES);
  });

  test("reads an account with its health and its numbers", async () => {
    const waba = await new WhatsAppBusinessAccount(FLORIST).get(["name", "health_status"]);
    expect(waba["name"]).toBe("Northwind Florist");
    expect(waba["health_status"]).toMatchObject({ can_send_message: "AVAILABLE" });
    const numbers = await new WhatsAppBusinessAccount(FLORIST).getPhoneNumbers(["display_phone_number"]);
    expect(numbers.map((number) => number["display_phone_number"])).toEqual(["+1 555 010 0001"]);
  });

  test("assigns, lists and takes back a system user", async () => {
    const waba = new WhatsAppBusinessAccount(FLORIST);
    await waba.createAssignedUser([], { user: SYSTEM_USER, tasks: ["MANAGE"] });
    const users = await waba.getAssignedUsers(["name", "tasks"], { business: PARTNER });
    expect(users.map((user) => user._data)).toEqual([
      { id: SYSTEM_USER, name: "Admin System User", tasks: ["MANAGE"] },
    ]);
    await waba.deleteAssignedUsers({ user: SYSTEM_USER });
    expect(await waba.getAssignedUsers(["name"], { business: PARTNER })).toHaveLength(0);
  });

  test("subscribes its app and unsubscribes it", async () => {
    const waba = new WhatsAppBusinessAccount(FLORIST);
    await waba.deleteSubscribedApps();
    expect(await waba.getSubscribedApps([])).toHaveLength(0);
    await waba.createSubscribedApp([]);
    expect(await waba.getSubscribedApps([])).toHaveLength(1);
  });

  test("fetches a client's business token again", async () => {
    const proof = proofOf(SYSTEM_TOKEN, APP_SECRET);
    const given = await new Business(NORTHWIND).createSystemUserAccessToken([], {
      fetch_only: true,
      appsecret_proof: proof,
    });
    expect(given._data["access_token"]).toBe(`EAAclient${NORTHWIND}`);
  });

  test("sends a message, and lists the system users", async () => {
    const sent = await api.call("POST", ["200000000000001", "messages"], {
      messaging_product: "whatsapp",
      to: "+16505551234",
      type: "text",
      text: { body: "Hello" },
      access_token: SYSTEM_TOKEN,
    });
    expect(sent["messages"]).toMatchObject([{ id: expect.stringMatching(/^wamid\./) }]);
    const users = await new Business(PARTNER).getSystemUsers(["name", "role"]);
    expect(users.map((user) => user["role"])).toEqual(["ADMIN"]);
  });

  test("several requests in one batch", async () => {
    const batch = new FacebookAdsApiBatch(api);
    const seen: unknown[] = [];
    for (const id of [FLORIST, CYCLES]) {
      batch.add(
        "GET",
        [id],
        { fields: "name" },
        undefined,
        (response) => seen.push(response.body),
        () => seen.push("failed"),
      );
    }
    await batch.execute();
    expect(seen).toEqual([{ name: "Northwind Florist", id: FLORIST }, "failed"]);
  });

  test("a lost share is the SDK's own request error, with Meta's code and subcode", async () => {
    await expect(new WhatsAppBusinessAccount(CYCLES).get(["name"])).rejects.toMatchObject({
      status: 400,
      response: { code: 100, error_subcode: 33, type: "GraphMethodException" },
    });
  });

  test("asks whose token it has", async () => {
    expect((await api.getAppID()).data.data.app_id).toBe("600000000000001");
  });
});
