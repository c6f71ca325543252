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

test("a bad probe that does not count yet is not shown as a proof", async () => {
  await app.emulator.act({ action: "partner.remove", waba_id: FLORIST, silent: true });
  await verifyShare(app.deps, { assetId: await assetOf(FLORIST), trigger: "send" });
  expect((await wabaOf(FLORIST)).status).toBe("live");
  expect(await newestProbeOf(FLORIST)).toBe(
    "Checked with Meta: access seems to be missing; another check must confirm it",
  );
  await pass(31);
  await verifyShare(app.deps, { assetId: await assetOf(FLORIST), trigger: "send" });
  expect(await newestProbeOf(FLORIST)).toBe("Checked with Meta: access is missing");
});

test("the probe that refutes a notice of a removal stands above it", async () => {
  await tell(BOOKS, { event: "PARTNER_REMOVED" });
  await pass(4);
  await verifyShare(app.deps, { assetId: await assetOf(BOOKS), trigger: "due" });
  const titles = (await api("GET", `/wabas/${BOOKS}/timeline`)).body.data.map(
    ({ title }: { title: string }) => title,
  );
  expect(titles.slice(0, 2)).toEqual(["Checked with Meta: full access", "Meta says: a partner was removed"]);
});

test("a probe that shows the share too soon after its loss says why it is not enough", async () => {
  await pass(8 * 24 * 3600);
  await tell(BOOKS, { event: "PARTNER_REMOVED" });
  await verifyShare(app.deps, { assetId: await assetOf(BOOKS), trigger: "check" });
  expect((await wabaOf(BOOKS)).status).toBe("permission_removed");
  expect(await newestProbeOf(BOOKS)).toBe(
    "Checked with Meta: the share is listed, but too soon after the removal to be sure",
  );
});
