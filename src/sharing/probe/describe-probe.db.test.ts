import { afterAll, beforeAll, expect, test } from "vitest";
import { api, assetOf, app, openSignupApp, pass, tell, wabaOf } from "../../../test/support/signup-app.ts";
import { verifyShare } from "./verify-share.ts";

beforeAll(openSignupApp, 60_000);
afterAll(() => app.stop());

const FLORIST = "100000000000001";
const BOOKS = "100000000000008";

const newestProbeOf = async (wabaId: string): Promise<string> =>
  (await api("GET", `/wabas/${wabaId}/timeline`)).body.data.find(
    ({ kind }: { kind: string }) => kind === "probe",
  ).title;

test("a bad look that does not count yet is not told as a proof", async () => {
  await app.emulator.act({ action: "partner.remove", waba_id: FLORIST, silent: true });
  await verifyShare(app.deps, { assetId: await assetOf(FLORIST), trigger: "send" });
  expect((await wabaOf(FLORIST)).status).toBe("live");
  expect(await newestProbeOf(FLORIST)).toBe(
    "Looked at Meta: the share does not show as it must; one such look does not count yet",
  );
  await pass(31);
  await verifyShare(app.deps, { assetId: await assetOf(FLORIST), trigger: "send" });
  expect(await newestProbeOf(FLORIST)).toBe("Looked at Meta: the share does not stand as it must");
});

test("the look that refutes a notice of a removal stands above it", async () => {
  await tell(BOOKS, { event: "PARTNER_REMOVED" });
  await pass(4);
  await verifyShare(app.deps, { assetId: await assetOf(BOOKS), trigger: "due" });
  const titles = (await api("GET", `/wabas/${BOOKS}/timeline`)).body.data.map(
    ({ title }: { title: string }) => title,
  );
  expect(titles.slice(0, 2)).toEqual([
    "Looked at Meta: the share stands with full control",
    "Meta says: a partner was removed",
  ]);
});

test("a look that shows the share too soon after its loss says why it is not enough", async () => {
  await pass(8 * 24 * 3600);
  await tell(BOOKS, { event: "PARTNER_REMOVED" });
  await verifyShare(app.deps, { assetId: await assetOf(BOOKS), trigger: "check" });
  expect((await wabaOf(BOOKS)).status).toBe("permission_removed");
  expect(await newestProbeOf(BOOKS)).toBe(
    "Looked at Meta: the share shows, but too soon after its loss to count",
  );
});
