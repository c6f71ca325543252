import type { Config } from "../../config/parse-config.ts";
import type { HttpSettings } from "../kit/http-deps.ts";

/** What the API shows or uses of the configuration, and of how it was started. */
export function httpSettingsOf(
  config: Config,
  world: Pick<HttpSettings, "version" | "hubDir" | "sandbox">,
): HttpSettings {
  const { version, hubDir, sandbox } = world;
  return {
    ...{ version, hubDir, sandbox },
    mode: config.mode,
    passwords: config.passwords,
    secondFactor: config.secondFactor,
    partnerName: config.partnerName,
    partnerBusinessId: config.partnerBusinessId,
    publicUrl: config.publicUrl ?? null,
    businessSuiteUrl: config.metaBusinessSuiteUrl,
    signupVersion: config.metaSignupVersion,
    brand: {
      color: config.partnerColor ?? null,
      logoUrl: config.partnerLogoUrl ?? null,
      support: config.partnerSupport ?? null,
    },
  };
}
