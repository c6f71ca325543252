import { OidcError } from "../../access/oidc-error.ts";
import type { OidcProvider } from "../../access/open-oidc-provider.ts";
import { countAdmins } from "../../access/person-store.ts";
import { redirectUriOf } from "../api/sign-in/oidc.ts";
import type { HttpDeps } from "../kit/http-deps.ts";

type Deps = Pick<HttpDeps, "db" | "log" | "oidcProviders" | "baseUrl">;

/**
 * Without passwords people come in by single sign-on. What stands in their way is logged at the start, before
 * the first of them is kept out. The start does not wait for it: messages go on while the provider is down.
 */
export async function verifySingleSignOn(deps: Deps): Promise<void> {
  const { db, log, oidcProviders } = deps;
  try {
    if ((await countAdmins(db, false)) === 0)
      log.warn(
        "passwords are off, and no administrator has signed in by single sign-on yet: do so, or set PASSWORDS=on",
      );
    for (const provider of oidcProviders) await verifyProvider(deps, provider);
  } catch (error) {
    log.error({ err: error }, "passwords are off, and single sign-on could not be tested");
  }
}

async function verifyProvider(deps: Deps, provider: OidcProvider): Promise<void> {
  const { issuer } = provider.settings;
  try {
    const accepted = await provider.checkClient(redirectUriOf(deps, provider));
    if (accepted === true)
      deps.log.info({ issuer }, "passwords are off; the OpenID provider answers and accepts the client");
    else
      deps.log.error(
        { issuer, answer: accepted },
        "passwords are off, and the OpenID provider refuses the client: run sharekeeper doctor",
      );
  } catch (error) {
    if (!(error instanceof OidcError)) throw error;
    deps.log.error(
      { issuer, err: error },
      "passwords are off, and the OpenID provider does not answer: run sharekeeper doctor",
    );
  }
}
