import { expect, test } from "vitest";
import { OWN_SECRETS } from "../../test/support/own-secrets.ts";
import type { Option } from "./option.ts";
import { OPTIONS } from "./options.ts";
import { ConfigError, parseConfig, parseDatabaseConfig } from "./parse-config.ts";

const KEY = Buffer.from(OWN_SECRETS.ENCRYPTION_KEY, "hex");
const SERVE = {
  PUBLIC_URL: "https://share.example.com/",
  PARTNER_NAME: "Example",
  PARTNER_BUSINESS_ID: "1",
  META_APP_ID: "2",
  META_APP_SECRET: OWN_SECRETS.META_APP_SECRET,
  META_SYSTEM_USER_TOKEN: OWN_SECRETS.META_SYSTEM_USER_TOKEN,
  META_SYSTEM_USER_ID: "3",
  META_CONFIG_ID: "4",
  META_WEBHOOK_VERIFY_TOKEN: OWN_SECRETS.META_WEBHOOK_VERIFY_TOKEN,
  ENCRYPTION_KEY: KEY.toString("hex"),
  ADMIN_API_KEY: OWN_SECRETS.ADMIN_API_KEY,
};

function faultsOf(parse: () => unknown): readonly string[] {
  try {
    parse();
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

test("the sandbox starts from nothing, with the values of the seeded world", () => {
  const config = parseConfig({}, "sandbox");
  expect(config).toMatchObject({
    port: 3600,
    host: "127.0.0.1",
    emulatorPort: 3700,
    dataDir: ".data",
    databaseUrl: undefined,
    publicUrl: "http://127.0.0.1:3600",
    mode: "enforce",
    partnerName: "360dialog",
    partnerBusinessId: "734443296905665",
    metaAppId: "600000000000001",
    metaSystemUserId: "610000000000001",
    metaGraphUrl: "http://127.0.0.1:3700",
    metaSdkUrl: "http://127.0.0.1:3700/en_US/sdk.js",
    metaDialogOrigins: ["http://127.0.0.1:3700"],
    metaBusinessSuiteUrl: "http://127.0.0.1:3700",
    metaGraphVersion: "v25.0",
    adminApiKey: "sandbox-admin-key",
    sweepPeriodMs: 15_000,
    throughputLimits: true,
    metaSignupVersion: "v4",
    metaSignupExtras: { setup: {} },
    metaCoexistenceExtras: { setup: {}, featureType: "whatsapp_business_app_onboarding" },
    metaOnboardingsPerWeek: 200,
    metaHostedSignupUrl: undefined,
    allowedReturnUrls: [],
  });
  expect(config.encryptionKey).toHaveLength(32);
  expect(Object.isFrozen(config)).toBe(true);
});

test("addresses of the sandbox follow its ports, and a given value is honoured", () => {
  const config = parseConfig({ PORT: "0", EMULATOR_PORT: "4700", META_APP_SECRET: "mine" }, "sandbox");
  expect(config.port).toBe(0);
  expect(config.metaSdkUrl).toBe("http://127.0.0.1:4700/en_US/sdk.js");
  expect(config.metaAppSecret).toBe("mine");
});

test("serve speaks to Meta itself and takes the key in hex or base64", () => {
  const config = parseConfig(SERVE, "serve");
  expect(config).toMatchObject({
    publicUrl: "https://share.example.com",
    metaGraphUrl: "https://graph.facebook.com",
    metaBusinessSuiteUrl: "https://business.facebook.com",
    metaSdkUrl: "https://connect.facebook.net/en_US/sdk.js",
    metaCoexistenceConfigId: "4",
    sweepPeriodMs: 300_000,
    encryptionKey: KEY,
  });
  expect(parseConfig({ ...SERVE, ENCRYPTION_KEY: KEY.toString("base64") }, "serve").encryptionKey).toEqual(
    KEY,
  );
});

test("serve without settings names every missing one at once, the portfolio too", () => {
  const faults = faultsOf(() => parseConfig({}, "serve"));
  expect(faults.map((fault) => fault.split(" ")[0])).toEqual(Object.keys(SERVE));
  expect(faults.find((fault) => fault.startsWith("PARTNER_BUSINESS_ID"))).toMatch(
    /is missing\. Set it to .*portfolio/,
  );
});

test("a colour that white text cannot be read on is refused with a darker one, which is taken", () => {
  const [fault] = faultsOf(() => parseConfig({ PARTNER_COLOR: "#ff6600" }, "sandbox"));
  expect(fault).toMatch(/contrast of 2\.9 to 1, and needs 4\.5; #[0-9a-f]{6} is dark enough\.$/);
  const darker = /(#[0-9a-f]{6}) is dark enough/.exec(fault ?? "")?.[1];
  expect(parseConfig({ PARTNER_COLOR: darker }, "sandbox").partnerColor).toBe(darker);
  expect(parseConfig({ PARTNER_COLOR: "#05A" }, "sandbox").partnerColor).toBe("#0055aa");
});

test("several addresses to return to are separated by commas", () => {
  const env = { ALLOWED_RETURN_URLS: "https://app.example.com, https://crm.example.com/whatsapp/" };
  expect(parseConfig(env, "sandbox").allowedReturnUrls).toEqual([
    "https://app.example.com",
    "https://crm.example.com/whatsapp/",
  ]);
});

test("an empty value counts as none", () => {
  expect(faultsOf(() => parseConfig({ ...SERVE, META_APP_ID: " " }, "serve"))).toEqual([
    expect.stringMatching(/^META_APP_ID is missing/),
  ]);
});

test.each([
  ["PORT", "65536"],
  ["PORT", "80a"],
  ["MODE", "Enforce"],
  ["PARTNER_BUSINESS_ID", "73x"],
  ["PUBLIC_URL", "share.example.com"],
  ["PUBLIC_URL", "https://share.example.com/?a=1"],
  ["META_GRAPH_VERSION", "25"],
  ["META_DIALOG_ORIGINS", "https://www.facebook.com/path"],
  ["PARTNER_COLOR", "blue"],
  ["PARTNER_LOGO_URL", "http://example.com/logo.svg"],
  ["PARTNER_LOGO_URL", "//example.com/logo.svg"],
  ["PARTNER_SUPPORT", "javascript:alert(1)"],
  ["META_SIGNUP_VERSION", "four"],
  ["META_SIGNUP_EXTRAS", "[]"],
  ["META_COEXISTENCE_EXTRAS", "{setup:{}}"],
  ["META_ONBOARDINGS_PER_WEEK", "0"],
  ["ALLOWED_RETURN_URLS", "app.example.com"],
  ["ALLOWED_RETURN_URLS", "https://*.example.com"],
  ["SWEEP_PERIOD_S", "0"],
  ["THROUGHPUT_LIMITS", "yes"],
  ["ALLOWED_HOSTS", "https://share.internal"],
  ["ALLOWED_HOSTS", "*.internal"],
  ["TRUSTED_PROXIES", "10.0.0.0/33"],
  ["TRUSTED_PROXIES", "nginx"],
  ["LOG_LEVEL", "loud"],
])("%s=%s is refused with its value and what to set", (name, value) => {
  const [fault, ...others] = faultsOf(() => parseConfig({ [name]: value }, "sandbox"));
  expect(others).toEqual([]);
  expect(fault).toContain(`${name} is ${JSON.stringify(value)}, which is not valid. Set it to `);
});

test.each([
  ["ENCRYPTION_KEY", "c2VjcmV0LXZhbHVl"],
  ["DATABASE_URL", "mysql://secret-value"],
  ["ADMIN_API_KEY", "s-value"],
])("the value of %s is never printed", (name, value) => {
  const [fault] = faultsOf(() => parseConfig({ [name]: value }, "sandbox"));
  expect(fault).toMatch(new RegExp(`^${name} has a value that is not valid\\. Set it to `));
  expect(fault).not.toContain(value);
});

test("migrate needs nothing of Meta", () => {
  expect(parseDatabaseConfig({ DATA_DIR: "/var/lib/sharekeeper" })).toEqual({
    databaseUrl: undefined,
    dataDir: "/var/lib/sharekeeper",
    logLevel: "info",
  });
});

const SANDBOX_SECRETS = Object.values<Option<unknown>>(OPTIONS).flatMap(({ name, secret, sandbox }) =>
  secret && sandbox !== undefined ? [[name, sandbox] as const] : [],
);

test("S6: serve refuses every secret of the sandbox, all at once, and prints none", () => {
  expect(SANDBOX_SECRETS.map(([name]) => name)).toContain("META_APP_SECRET");
  const faults = faultsOf(() => parseConfig({ ...SERVE, ...Object.fromEntries(SANDBOX_SECRETS) }, "serve"));
  expect(faults).toEqual(
    SANDBOX_SECRETS.map(([name]) => expect.stringMatching(new RegExp(`^${name} is a value of the sandbox`))),
  );
  for (const [, value] of SANDBOX_SECRETS) expect(faults.join("\n")).not.toContain(value);
});

test("S6: the sandbox's key in hex, and its app secret as the previous one, are refused too", () => {
  const hex = Buffer.from(OPTIONS.encryptionKey.sandbox ?? "", "base64").toString("hex");
  const env = { ...SERVE, ENCRYPTION_KEY: hex, META_APP_SECRET_PREVIOUS: OPTIONS.metaAppSecret.sandbox };
  expect(faultsOf(() => parseConfig(env, "serve"))).toEqual([
    expect.stringMatching(/^META_APP_SECRET_PREVIOUS is a value of the sandbox/),
    expect.stringMatching(/^ENCRYPTION_KEY is a value of the sandbox/),
  ]);
});

test.each([
  ["ADMIN_API_KEY", "password"],
  ["ADMIN_API_KEY", OWN_SECRETS.ADMIN_API_KEY.slice(0, 31)],
  ["ADMIN_API_KEY", "a".repeat(48)],
  ["ENCRYPTION_KEY", "0".repeat(64)],
  ["ENCRYPTION_KEY", Buffer.alloc(32, 7).toString("base64")],
  ["METRICS_TOKEN", "prometheus"],
])("S6: serve refuses a guessable %s", (name, value) => {
  const [fault, ...others] = faultsOf(() => parseConfig({ ...SERVE, [name]: value }, "serve"));
  expect(others).toEqual([]);
  expect(fault).toMatch(new RegExp(`^${name} is too easy to guess\\. Set it to `));
  expect(fault).not.toContain(value);
});

const ADDRESSES = [
  "PUBLIC_URL",
  "META_GRAPH_URL",
  "META_SDK_URL",
  "META_DIALOG_ORIGINS",
  "META_BUSINESS_SUITE_URL",
  "META_HOSTED_SIGNUP_URL",
  "ALLOWED_RETURN_URLS",
];
test("S20: serve refuses plain http for every address, all at once; this machine is another matter", () => {
  const all = (url: string) => Object.fromEntries(ADDRESSES.map((name) => [name, url]));
  const faults = faultsOf(() => parseConfig({ ...SERVE, ...all("http://graph.evil.example") }, "serve"));
  expect(faults.map((fault) => fault.split(" ")[0])).toEqual(
    Object.values(OPTIONS).flatMap(({ name }) => (ADDRESSES.includes(name) ? [name] : [])),
  );
  expect(faults[0]).toContain("which is plain http. Set it to an https address");
  for (const host of ["127.0.0.1:3700", "localhost", "[::1]:9"])
    expect(parseConfig({ ...SERVE, ...all(`http://${host}`) }, "serve").metaGraphUrl).toContain(host);
  const mixed = { ...SERVE, META_DIALOG_ORIGINS: "https://www.facebook.com,http://web.facebook.com" };
  expect(faultsOf(() => parseConfig(mixed, "serve"))).toHaveLength(1);
});

test("S9: a sandbox that other machines reach needs a key of one's own", () => {
  for (const HOST of ["0.0.0.0", "192.168.0.7", "::"]) {
    expect(faultsOf(() => parseConfig({ HOST }, "sandbox"))).toEqual([
      expect.stringMatching(/^HOST is .* Set ADMIN_API_KEY to at least 32 characters/),
    ]);
    const own = { HOST, ADMIN_API_KEY: OWN_SECRETS.ADMIN_API_KEY };
    expect(parseConfig(own, "sandbox")).toMatchObject({ host: HOST, emulatorHost: "127.0.0.1" });
  }
  expect(parseConfig({ HOST: "localhost" }, "sandbox").adminApiKey).toBe("sandbox-admin-key");
});

test("host names and proxies are lists", () => {
  const env = {
    ALLOWED_HOSTS: "Share.Internal, share.internal:3600",
    TRUSTED_PROXIES: "127.0.0.1, fd00::/8",
  };
  expect(parseConfig(env, "sandbox")).toMatchObject({
    allowedHosts: ["share.internal", "share.internal:3600"],
    trustedProxies: ["127.0.0.1", "fd00::/8"],
  });
});
