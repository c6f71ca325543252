import { expect, test } from "vitest";
import { ConfigError, parseConfig, parseDatabaseConfig } from "./parse-config.ts";

const KEY = Buffer.alloc(32, 7);
const SERVE = {
  PUBLIC_URL: "https://share.example.com/",
  PARTNER_NAME: "Example",
  PARTNER_BUSINESS_ID: "1",
  META_APP_ID: "2",
  META_APP_SECRET: "secret",
  META_SYSTEM_USER_TOKEN: "token",
  META_SYSTEM_USER_ID: "3",
  META_CONFIG_ID: "4",
  META_WEBHOOK_VERIFY_TOKEN: "verify",
  ENCRYPTION_KEY: KEY.toString("hex"),
  ADMIN_API_KEY: "an-admin-key",
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
  ["LOG_LEVEL", "loud"],
])("%s=%s is refused with its value and what to set", (name, value) => {
  const [fault, ...others] = faultsOf(() => parseConfig({ [name]: value }, "sandbox"));
  expect(others).toEqual([]);
  expect(fault).toContain(`${name} is ${JSON.stringify(value)}`);
  expect(fault).toContain("Set it to ");
});

test.each([
  ["ENCRYPTION_KEY", "c2VjcmV0LXZhbHVl"],
  ["DATABASE_URL", "mysql://secret-value"],
  ["ADMIN_API_KEY", "s-value"],
])("the value of %s is never printed", (name, value) => {
  const [fault] = faultsOf(() => parseConfig({ [name]: value }, "sandbox"));
  expect(fault).toMatch(new RegExp(`^${name} has a value that does not do\\. Set it to `));
  expect(fault).not.toContain(value);
});

test("migrate needs nothing of Meta", () => {
  expect(parseDatabaseConfig({ DATA_DIR: "/var/lib/sharekeeper" })).toEqual({
    databaseUrl: undefined,
    dataDir: "/var/lib/sharekeeper",
    logLevel: "info",
  });
});
