interface SignInConfig {
  oidcIssuer: string | undefined;
  oidcClientId: string | undefined;
  oidcClientSecret: string | undefined;
  oidcRoles: readonly object[];
  portalKey: string | undefined;
  portalIssuer: string | undefined;
}

/**
 * The settings of single sign-on belong together, and so do those of the hand-over to the portal: what is
 * missing beside those that are set, one line each.
 */
export function signInFaultsOf(config: SignInConfig): string[] {
  return [
    ...missingOf([
      { name: "OIDC_ISSUER", isSet: config.oidcIssuer !== undefined },
      { name: "OIDC_CLIENT_ID", isSet: config.oidcClientId !== undefined },
      { name: "OIDC_CLIENT_SECRET", isSet: config.oidcClientSecret !== undefined },
      { name: "OIDC_ROLES", isSet: config.oidcRoles.length > 0 },
    ]),
    ...missingOf([
      { name: "PORTAL_KEY", isSet: config.portalKey !== undefined },
      { name: "PORTAL_ISSUER", isSet: config.portalIssuer !== undefined },
    ]),
  ];
}

function missingOf(parts: readonly { name: string; isSet: boolean }[]): string[] {
  const given = parts.filter(({ isSet }) => isSet).map(({ name }) => name);
  if (given.length === 0) return [];
  return parts
    .filter(({ isSet }) => !isSet)
    .map(({ name }) => `${name} is missing. ${given.join(", ")} needs it: set it too, or unset all of them.`);
}
