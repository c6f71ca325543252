import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApp, type TestApp } from "../../../../test/support/create-test-app.ts";

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp({
    PARTNER_COLOR: "#b00020",
    PARTNER_LOGO_URL: "https://cdn.example.com/logo.svg",
    PARTNER_SUPPORT: "help@example.com",
    META_GRAPH_VERSION: "v21.0",
  });
});
afterAll(() => app.stop());

const READER = { "User-Agent": "Mozilla/5.0 Chrome/140 Safari/537.36", Accept: "text/html" };

test("the client's page shows the provider's colour, logo and support address, also for an ended link", async () => {
  const wabaId = "100000000000004";
  await app.emulator.act({ action: "partner.remove", waba_id: wabaId, silent: true });
  await app.ask("POST", `/api/v1/wabas/${wabaId}/check`, {});
  const { body: link } = await app.ask("POST", `/api/v1/wabas/${wabaId}/reshare-links`, {});
  for (const path of [link.url.slice(app.url.length), "/reshare/none-of-ours"]) {
    const page = await app.ask("GET", path, undefined, READER);
    expect(page.body).toContain("--accent:light-dark(#b00020,");
    expect(page.body).toContain('<img class="logo" src="https://cdn.example.com/logo.svg" alt=""');
    expect(page.body).toContain('<a href="mailto:help@example.com">');
    expect(page.headers.get("content-security-policy")).toContain(
      "img-src 'self' https://cdn.example.com data:",
    );
  }
});

test("the policy of other pages and answers stays unchanged", async () => {
  const hub = await app.ask("GET", "/", undefined, READER);
  expect(hub.headers.get("content-security-policy")).not.toContain("cdn.example.com");
});

test("the connection lists what Meta ends within 90 days, by the emulator's clock", async () => {
  const warningsAt = async (day: string): Promise<unknown[]> => {
    await app.setClock({ mode: "frozen", now: day });
    const { body } = await app.ask("GET", "/api/v1/connections");
    expect(body.data[0]).toMatchObject({ graph_version: "v21.0", signup_version: "v4" });
    return body.data[0].warnings.map(({ code }: { code: string }) => code);
  };
  expect(await warningsAt("2027-01-20T12:00:00Z")).toEqual(["graph_version_ends"]);
  expect(await warningsAt("2027-01-22T12:00:00Z")).toEqual(["graph_version_ended"]);
});
