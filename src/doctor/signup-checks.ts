import type { Config } from "../config/parse-config.ts";
import type { Check } from "./check.ts";
import { speakerOf, type Finding } from "./finding.ts";
import { readAddress } from "./read-address.ts";

const says = speakerOf("signup_configuration");

/** Configurations cannot be read by any call (field reports), so only what contradicts itself is found. */
const signupConfiguration: Check = {
  id: "signup_configuration",
  needs: [],
  run: ({ config }) =>
    Promise.resolve(findMixedUp(config) ?? findOtherVersion(config) ?? judgeConfigurations(config)),
};

function judgeConfigurations(config: Config): Finding {
  const { metaConfigId, metaCoexistenceConfigId, metaCoexistenceExtras } = config;
  const isSame = metaCoexistenceConfigId === metaConfigId || metaCoexistenceConfigId === undefined;
  if (isSame && metaCoexistenceExtras.featureType === undefined) return says("warning", "same");
  const configurations = isSame ? metaConfigId : `${metaConfigId}, coexistence ${metaCoexistenceConfigId}`;
  return says("ok", "set", { configurations });
}

/**
 * An id of something else does for the parser, and ends at Meta in "something went wrong" before the login.
 */
function findMixedUp(config: Config): Finding | null {
  const others: Record<string, string> = {
    [config.metaAppId]: "app",
    [config.partnerBusinessId]: "portfolio",
    [config.metaSystemUserId]: "system user",
  };
  const given = {
    META_CONFIG_ID: config.metaConfigId,
    META_COEXISTENCE_CONFIG_ID: config.metaCoexistenceConfigId,
  };
  for (const [name, id] of Object.entries(given)) {
    const what = others[id ?? ""];
    if (what !== undefined) return says("bad", "not_a_configuration", { name, what });
  }
  return null;
}

/** v2 and v3 were chosen by `extras.version`; v4 is by the configuration. */
function findOtherVersion(config: Config): Finding | null {
  const given = {
    META_SIGNUP_EXTRAS: config.metaSignupExtras,
    META_COEXISTENCE_EXTRAS: config.metaCoexistenceExtras,
  };
  for (const [name, { version: asked }] of Object.entries(given)) {
    if (typeof asked === "string" && asked !== config.metaSignupVersion)
      return says("warning", "version_differs", { name, asked, version: config.metaSignupVersion });
  }
  return null;
}

const pageSays = speakerOf("signup_pages");
const META_ORIGINS = [
  "https://www.facebook.com",
  "https://web.facebook.com",
  "https://business.facebook.com",
];

const signupPages: Check = {
  id: "signup_pages",
  needs: [],
  async run({ config }) {
    const sdk = config.metaSdkUrl;
    const answer = await readAddress(sdk);
    if (answer.kind === "no_answer") return pageSays("warning", "sdk_silent", { sdk, why: answer.why });
    const isScript = /javascript/.test(answer.headers.get("content-type") ?? "");
    if (answer.status !== 200 || !isScript)
      return pageSays("bad", "sdk_other", { sdk, status: answer.status });
    const origins = config.metaDialogOrigins;
    const missing = expectedOriginsOf(sdk).filter((origin) => !origins.includes(origin));
    if (missing.length > 0) return pageSays("bad", "origins", { missing: missing.join(", ") });
    return pageSays("ok", "ready", { origins: origins.join(", "), own: config.publicUrl ?? "" });
  },
};

/** Meta's SDK lives on another host than its dialog; any other SDK is an emulator's, which opens its own. */
function expectedOriginsOf(sdk: string): string[] {
  const { origin, hostname } = new URL(sdk);
  return hostname === "connect.facebook.net" ? META_ORIGINS : [origin];
}

export const SIGNUP_CHECK: Check = signupConfiguration;
export const SIGNUP_PAGES_CHECK: Check = signupPages;
