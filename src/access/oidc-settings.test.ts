import { describe, expect, test } from "vitest";
import { parseConfig } from "../config/parse-config.ts";
import { oidcSettingsOf, roleOfClaims, type Claims } from "./oidc-settings.ts";

const ENV = {
  OIDC_ISSUER: "https://login.example.com/tenant/v2.0",
  OIDC_CLIENT_ID: "sharekeeper",
  OIDC_CLIENT_SECRET: "secret",
  OIDC_ROLES: "cn=keepers=admin, desk = support,all staff=viewer",
};

const roleOf = (claims: Claims, env: Record<string, string> = {}): string | null => {
  const [settings] = oidcSettingsOf(parseConfig({ ...ENV, ...env }, "sandbox"));
  if (settings === undefined) throw new Error("no provider is set");
  return roleOfClaims(settings, claims);
};

describe("the role of the claims", () => {
  test.each<[string | null, Claims]>([
    ["admin", { groups: ["all staff", "cn=keepers", "desk"] }],
    ["support", { groups: ["all staff", "desk"] }],
    ["support", { groups: "desk" }],
    [null, { groups: ["Desk", "keepers", " desk"] }],
    [null, { groups: [] }],
    [null, {}],
    [null, { groups: [["desk"], { desk: true }, null, 1] }],
    [null, { "groups.desk": true, desk: "desk" }],
  ])("%s of %j", (role, claims) => expect(roleOf(claims)).toBe(role));

  test("a dotted name leads into objects, unless a claim has that name", () => {
    const env = { OIDC_ROLE_CLAIM: "realm_access.roles" };
    expect(roleOf({ realm_access: { roles: ["desk"] } }, env)).toBe("support");
    expect(roleOf({ realm_access: "desk" }, env)).toBeNull();
    expect(roleOf({ "realm_access.roles": ["desk"], realm_access: { roles: ["cn=keepers"] } }, env)).toBe(
      "support",
    );
    const url = { OIDC_ROLE_CLAIM: "https://example.com/roles" };
    expect(roleOf({ "https://example.com/roles": ["desk"] }, url)).toBe("support");
    expect(roleOf({}, { OIDC_ROLE_CLAIM: "__proto__.constructor.name" })).toBeNull();
  });

  test("an address gives a role only when it is verified", () => {
    const env = { OIDC_ROLE_CLAIM: "email", OIDC_ROLES: "ann@example.com=admin" };
    expect(roleOf({ email: "ann@example.com", email_verified: true }, env)).toBe("admin");
    expect(roleOf({ email: "ann@example.com", email_verified: false }, env)).toBeNull();
    expect(roleOf({ email: "ann@example.com" }, env)).toBeNull();
  });
});

describe("the settings", () => {
  test("none of them: no provider", () => expect(oidcSettingsOf(parseConfig({}, "sandbox"))).toEqual([]));

  test.each(Object.keys(ENV))("without %s alone nothing starts, and the line says what to set", (name) => {
    const { [name as keyof typeof ENV]: _left, ...rest } = ENV;
    expect(() => parseConfig(rest, "sandbox")).toThrow(new RegExp(`^${name} is missing\\. .*set it too`));
  });

  test.each([
    ["OIDC_ISSUER", "http://login.example.com"],
    ["OIDC_ISSUER", "login.example.com"],
    ["OIDC_ISSUER", "https://login.example.com?tenant=1"],
    ["OIDC_ROLES", "desk"],
    ["OIDC_ROLES", "desk=owner"],
    ["OIDC_ROLES", "desk=client"],
    ["OIDC_ROLES", "=admin"],
    ["OIDC_ROLES", "desk=support,"],
    ["OIDC_SCOPES", "email profile"],
  ])("%s=%s is refused", (name, value) => {
    expect(() => parseConfig({ ...ENV, [name]: value }, "sandbox")).toThrow(new RegExp(`^${name} is "`));
  });

  test("plain http is for a provider on this machine", () => {
    const env = { ...ENV, OIDC_ISSUER: "http://localhost:8080/realms/x" };
    expect(oidcSettingsOf(parseConfig(env, "sandbox"))).toMatchObject([{ issuer: env.OIDC_ISSUER }]);
  });
});
