import { afterAll, beforeAll, expect, test } from "vitest";
import { oidcEnvOf, startOidcServer, type OidcServer } from "../../test/support/oidc-server.ts";
import { parseConfig } from "../config/parse-config.ts";
import { systemClock } from "../lib/clock.ts";
import type { Examination } from "./check.ts";
import type { Finding } from "./finding.ts";
import { SINGLE_SIGN_ON_CHECK } from "./sign-in-checks.ts";

const PUBLIC_URL = "https://share.provider.example";

let oidc: OidcServer;
beforeAll(async () => {
  oidc = await startOidcServer();
  oidc.serve(PUBLIC_URL);
});
afterAll(() => oidc.stop());

const find = (env: Record<string, string>): Promise<Finding> => {
  const config = parseConfig({ PUBLIC_URL, ...env }, "sandbox");
  return SINGLE_SIGN_ON_CHECK.run({ config, clock: systemClock } as Examination);
};

test("single sign-on that is not set up is fine", async () => {
  expect(await find({})).toMatchObject({ state: "ok", repair: null });
});

test("a provider that knows the client is shown with the addresses to register there", async () => {
  const { state, sentence } = await find(oidcEnvOf(oidc));
  expect(state).toBe("ok");
  expect(sentence).toContain(`${PUBLIC_URL}/api/v1/auth/oidc/default/callback`);
  expect(sentence).toContain(`${PUBLIC_URL}/api/v1/auth/oidc/default/logout`);
});

test.each([
  ["OIDC_CLIENT_ID", "another"],
  ["OIDC_CLIENT_SECRET", "another"],
])("a wrong %s is told", async (name, value) => {
  const { state, sentence, repair } = await find({ ...oidcEnvOf(oidc), [name]: value });
  expect(state).toBe("bad");
  expect(sentence).toContain("refuses the client");
  expect(repair).toContain(name);
});

test("a provider that does not answer, or answers for another issuer, is told", async () => {
  for (const OIDC_ISSUER of ["http://127.0.0.1:1", `${oidc.issuer}/realm`])
    expect(await find({ ...oidcEnvOf(oidc), OIDC_ISSUER })).toMatchObject({ state: "bad" });
});

test("roles without an admin are a warning", async () => {
  expect(await find({ ...oidcEnvOf(oidc), OIDC_ROLES: "desk=support" })).toMatchObject({ state: "warning" });
});
