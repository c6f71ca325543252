import { expect, test } from "vitest";
import { ConfigError, parseConfig, parseValidConfig } from "./parse-config.ts";

const OIDC = {
  OIDC_ISSUER: "https://login.example.com",
  OIDC_CLIENT_ID: "sharekeeper",
  OIDC_CLIENT_SECRET: "a-secret-of-the-provider",
  OIDC_ROLES: "admins=admin",
};

/** What the start says, and what doctor says: it must be the same. */
function faultsOf(env: Record<string, string>): readonly string[] {
  const { faults } = parseValidConfig(env, "sandbox");
  try {
    parseConfig(env, "sandbox");
    expect(faults).toEqual([]);
  } catch (error) {
    expect(error instanceof ConfigError && error.faults).toEqual(faults);
  }
  return faults;
}

test("without passwords there must be single sign-on; passwords need nothing", () => {
  expect(faultsOf({})).toEqual([]);
  expect(faultsOf(OIDC)).toEqual([]);
  expect(faultsOf({ ...OIDC, PASSWORDS: "off" })).toEqual([]);
  expect(faultsOf({ PASSWORDS: "off" })).toEqual([
    "PASSWORDS is off, and OIDC_ISSUER is missing: nobody new could sign in. Set OIDC_ISSUER, OIDC_CLIENT_ID, " +
      "OIDC_CLIENT_SECRET and OIDC_ROLES (docs/guides/single-sign-on.md); or set PASSWORDS to on.",
  ]);
});

test.each(Object.keys(OIDC))(
  "single sign-on without %s is refused by its name, with passwords and without",
  (name) => {
    const rest = Object.fromEntries(Object.entries(OIDC).filter(([key]) => key !== name));
    for (const PASSWORDS of ["on", "off"])
      expect(faultsOf({ ...rest, PASSWORDS })).toEqual([
        `${name} is missing. ${Object.keys(rest).join(", ")} needs it: set it too, or unset all of them.`,
      ]);
  },
);

test("a hand-over to the portal needs its issuer", () => {
  const faults = faultsOf({ PORTAL_KEY: "0f6b1d4c9a2e8375b1c4d7e0a3f6985c" });
  expect(faults).toEqual([expect.stringMatching(/^PORTAL_ISSUER is missing\. PORTAL_KEY needs it/)]);
});

test("a value that is not valid is the only fault: what is missing beside it follows once it is right", () => {
  expect(faultsOf({ PASSWORDS: "maybe" })).toEqual([expect.stringMatching(/^PASSWORDS is "maybe"/)]);
  expect(faultsOf({ OIDC_ISSUER: "nowhere", OIDC_CLIENT_ID: "x" })).toEqual([
    expect.stringMatching(/^OIDC_ISSUER is "nowhere"/),
  ]);
});
