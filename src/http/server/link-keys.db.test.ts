import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApp, type TestApp } from "../../../test/support/create-test-app.ts";
import { OWN_SECRETS } from "../../../test/support/own-secrets.ts";
import { linkTokensOf } from "../../lib/link-token.ts";

const ATLAS = "100000000000004";
const OLD = OWN_SECRETS.META_APP_SECRET;

let app: TestApp;
let id: string;
beforeAll(async () => {
  app = await createTestApp({
    ENCRYPTION_KEY: OWN_SECRETS.ENCRYPTION_KEY,
    ENCRYPTION_KEY_PREVIOUS: OLD,
  });
  await app.emulator.act({ action: "partner.remove", waba_id: ATLAS, silent: true });
  await app.ask("POST", `/api/v1/wabas/${ATLAS}/check`, {});
  const { body } = await app.ask("POST", `/api/v1/wabas/${ATLAS}/reshare-links`, {});
  id = body.id;
});
afterAll(() => app.stop());

/** How a link answers that was signed with a key made from this ENCRYPTION_KEY. */
async function openWith(encryptionKey: string): Promise<number> {
  const tokens = linkTokensOf([Buffer.from(encryptionKey, "hex")], "sharekeeper re-share link 1", "rsl");
  const { status } = await app.ask("GET", `/reshare/${tokens.render(id)}`, undefined, {});
  return status;
}

test("without LINK_KEY, links of the previous ENCRYPTION_KEY open while it is set", async () => {
  expect(await openWith(OWN_SECRETS.ENCRYPTION_KEY)).toBe(200);
  expect(await openWith(OLD)).toBe(200);
  expect(await openWith(OWN_SECRETS.META_WEBHOOK_VERIFY_TOKEN)).toBe(404);
});
