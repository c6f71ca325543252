interface SignInConfig {
  passwords: boolean;
  oidcIssuer: string | undefined;
  oidcClientId: string | undefined;
  oidcClientSecret: string | undefined;
  oidcRoles: readonly object[];
  portalKey: string | undefined;
  portalIssuer: string | undefined;
}

/**
 * The settings of single sign-on belong together, and so do those of the hand-over to the portal: what is
 * missing beside those that are set, one line each. Without passwords there must be single sign-on, or nobody
 * new could sign in.
 */
export function signInFaultsOf(config: SignInConfig): string[] {
  return [
    ...missingOf(
      [
        { name: "OIDC_ISSUER", isSet: config.oidcIssuer !== undefined },
        { name: "OIDC_CLIENT_ID", isSet: config.oidcClientId !== undefined },
        { name: "OIDC_CLIENT_SECRET", isSet: config.oidcClientSecret !== undefined },
        { name: "OIDC_ROLES", isSet: config.oidcRoles.length > 0 },
      ],
      config.passwords ? [] : [NO_WAY],
    ),
    ...missingOf([
      { name: "PORTAL_KEY", isSet: config.portalKey !== undefined },
      { name: "PORTAL_ISSUER", isSet: config.portalIssuer !== undefined },
    ]),
  ];
}

const NO_WAY =
  "PASSWORDS is off, and OIDC_ISSUER is missing: nobody new could sign in. Set OIDC_ISSUER, OIDC_CLIENT_ID, " +
  "OIDC_CLIENT_SECRET and OIDC_ROLES (docs/guides/single-sign-on.md); or set PASSWORDS to on.";

/** `ifNone`: the faults where none of the parts is set. */
function missingOf(
  parts: readonly { name: string; isSet: boolean }[],
  ifNone: readonly string[] = [],
): readonly string[] {
  const given = parts.filter(({ isSet }) => isSet).map(({ name }) => name);
  if (given.length === 0) return ifNone;
  return parts
    .filter(({ isSet }) => !isSet)
    .map(({ name }) => `${name} is missing. ${given.join(", ")} needs it: set it too, or unset all of them.`);
}
