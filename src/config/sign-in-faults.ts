interface SignInConfig {
  oidcIssuer: string | undefined;
  oidcClientId: string | undefined;
  oidcClientSecret: string | undefined;
  oidcRoles: readonly object[];
}

/**
 * The settings of single sign-on belong together: what is missing beside those that are set, one line each.
 */
export function signInFaultsOf(config: SignInConfig): string[] {
  const parts = [
    { name: "OIDC_ISSUER", isSet: config.oidcIssuer !== undefined },
    { name: "OIDC_CLIENT_ID", isSet: config.oidcClientId !== undefined },
    { name: "OIDC_CLIENT_SECRET", isSet: config.oidcClientSecret !== undefined },
    { name: "OIDC_ROLES", isSet: config.oidcRoles.length > 0 },
  ];
  const given = parts.filter(({ isSet }) => isSet).map(({ name }) => name);
  if (given.length === 0) return [];
  return parts
    .filter(({ isSet }) => !isSet)
    .map(({ name }) => `${name} is missing. ${given.join(", ")} needs it: set it too, or unset all of them.`);
}
