import { OidcError } from "../access/oidc-error.ts";
import { oidcSettingsOf, type OidcSettings } from "../access/oidc-settings.ts";
import { openOidcProvider } from "../access/open-oidc-provider.ts";
import type { Check } from "./check.ts";
import { speakerOf } from "./finding.ts";

const says = speakerOf("single_sign_on");

const singleSignOn: Check = {
  id: "single_sign_on",
  needs: ["settings"],
  async run({ config, clock }) {
    const [settings] = oidcSettingsOf(config);
    if (settings === undefined) return says("ok", "unused");
    const { issuer } = settings;
    const path = `${config.publicUrl ?? ""}/api/v1/auth/oidc/${settings.id}`;
    const names = { issuer, redirect: `${path}/callback`, logout: `${path}/logout` };
    try {
      const accepted = await openOidcProvider(settings, { clock }).checkClient(names.redirect);
      if (accepted !== true) return says("bad", "client_refused", { issuer, answer: accepted });
    } catch (error) {
      if (!(error instanceof OidcError)) throw error;
      return says("bad", "unreached", { issuer, why: error.said });
    }
    return hasAdmin(settings) ? says("ok", "ready", names) : says("warning", "no_admin", names);
  },
};

const hasAdmin = ({ roles }: OidcSettings): boolean => roles.some(({ role }) => role === "admin");

export const SINGLE_SIGN_ON_CHECK: Check = singleSignOn;
