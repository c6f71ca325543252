import type { Config } from "../config/parse-config.ts";

/** `hosted`: Meta's own page without a code; only the share shows that it was finished. */
export type SignupFlow = "platform" | "coexistence" | "hosted";

/** How a connection signs its clients up. Data, because Meta changes versions and extras often. */
export interface SignupTerms {
  appId: string;
  appSecret: string;
  graphVersion: string;
  sdkUrl: string;
  dialogOrigins: string[];
  configId: string;
  coexistenceConfigId: string;
  extras: Record<string, unknown>;
  coexistenceExtras: Record<string, unknown>;
  /** The version of Embedded Signup that the configurations are of: "v4". */
  version: string;
  /** Meta's own page without a code, if the app has one. */
  hostedUrl: string | null;
  /** Addresses to which a client may be sent back begin with one of these. */
  returnUrls: string[];
  /** How many new clients Meta allows within seven days. */
  onboardingsPerWeek: number;
}

/** What a page needs to open Meta's dialog in one click: all of it is known before the click. */
export interface SignupLaunch {
  appId: string;
  configId: string;
  graphVersion: string;
  sdkUrl: string;
  dialogOrigins: string[];
  extras: Record<string, unknown>;
}

/**
 * The dialog for this flow. The client's portfolio is prefilled when it is known: Meta then offers its data
 * (pre-filled-data). Meta cannot be restricted to offer only one WABA.
 */
export function launchOf(
  terms: SignupTerms,
  flow: SignupFlow,
  client: { businessId: string | null } | null,
): SignupLaunch | null {
  if (flow === "hosted") return null;
  const isInApp = flow === "coexistence";
  const extras = structuredClone(isInApp ? terms.coexistenceExtras : terms.extras);
  const setup = typeof extras.setup === "object" && extras.setup !== null ? extras.setup : {};
  const business = client?.businessId ? { business: { id: client.businessId } } : {};
  return {
    appId: terms.appId,
    configId: isInApp ? terms.coexistenceConfigId : terms.configId,
    graphVersion: terms.graphVersion,
    sdkUrl: terms.sdkUrl,
    dialogOrigins: terms.dialogOrigins,
    extras: { ...extras, setup: { ...business, ...setup } },
  };
}

/** How the connection `default` signs its clients up. */
export function signupTermsOf(config: Config): SignupTerms {
  return {
    appId: config.metaAppId,
    appSecret: config.metaAppSecret,
    graphVersion: config.metaGraphVersion,
    sdkUrl: config.metaSdkUrl,
    dialogOrigins: config.metaDialogOrigins,
    configId: config.metaConfigId,
    coexistenceConfigId: config.metaCoexistenceConfigId ?? config.metaConfigId,
    extras: config.metaSignupExtras,
    coexistenceExtras: config.metaCoexistenceExtras,
    version: config.metaSignupVersion,
    hostedUrl: config.metaHostedSignupUrl ?? null,
    returnUrls: config.allowedReturnUrls,
    onboardingsPerWeek: config.metaOnboardingsPerWeek,
  };
}
