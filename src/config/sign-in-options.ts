import { z } from "zod";
import { claimRoles, handOverKey, issuerUrl, oidcScopes, text } from "./formats.ts";
import { everywhere, option } from "./option.ts";

/** The settings of passwords and single sign-on: a part of OPTIONS. */
export const SIGN_IN_OPTIONS = {
  passwords: option({
    name: "PASSWORDS",
    description:
      "`on` lets people sign in with a password. `off` leaves single sign-on, passkeys and API keys: sessions that rest on a password end, and invitation links set none. `off` needs `OIDC_ISSUER`.",
    expects: "on or off",
    schema: z.enum(["on", "off"]).transform((value) => value === "on"),
    ...everywhere("on"),
  }),
  secondFactor: option({
    name: "SECOND_FACTOR",
    description:
      "`required`: whoever signs in with a password alone may only add an authenticator app or a passkey, and then do the rest. Single sign-on, passkeys and the client portal are not asked. `optional`: each person decides.",
    expects: "optional or required",
    schema: z.enum(["optional", "required"]),
    ...everywhere("optional"),
  }),
  oidcIssuer: option({
    name: "OIDC_ISSUER",
    description:
      "Your OpenID Connect provider, for signing in with your company's accounts: docs/guides/single-sign-on.md.",
    expects: "the https address of the issuer, exactly as its discovery document names it, or leave it unset",
    schema: issuerUrl,
  }),
  oidcClientId: option({
    name: "OIDC_CLIENT_ID",
    description: "The client id that the provider gave to Sharekeeper. Needed with `OIDC_ISSUER`.",
    expects: "the client id, or leave it unset",
    schema: text.optional(),
  }),
  oidcClientSecret: option({
    name: "OIDC_CLIENT_SECRET",
    description: "The secret of that client. Needed with `OIDC_ISSUER`.",
    expects: "the client secret, or leave it unset",
    schema: text.optional(),
    secret: true,
  }),
  oidcRoles: option({
    name: "OIDC_ROLES",
    description:
      "Which value of the claim gives which role. The highest role counts; without a match there is no access. Needed with `OIDC_ISSUER`.",
    expects: "a list such as sharekeeper-admins=admin,support-team=support, or leave it unset",
    schema: claimRoles,
  }),
  oidcRoleClaim: option({
    name: "OIDC_ROLE_CLAIM",
    description: "The claim that `OIDC_ROLES` looks at. Dots lead into objects, as in `realm_access.roles`.",
    expects: "the name of a claim",
    schema: text,
    ...everywhere("groups"),
  }),
  oidcScopes: option({
    name: "OIDC_SCOPES",
    description: "The scopes that the sign-in asks the provider for.",
    expects: "scopes separated by spaces, openid among them",
    schema: oidcScopes,
    ...everywhere("openid email profile"),
  }),
  oidcProviderName: option({
    name: "OIDC_PROVIDER_NAME",
    description: "What people call the provider; the button on the sign-in page shows it.",
    expects: "a name such as Okta",
    schema: text,
    ...everywhere("single sign-on"),
  }),
  portalKey: option({
    name: "PORTAL_KEY",
    description:
      "What your own site signs the hand-over to the client portal with: docs/guides/client-portal.md. A secret for HS256, or the public key of an Ed25519 pair for EdDSA.",
    expects: "a secret of at least 32 bytes, a public key in PEM, or leave it unset",
    schema: handOverKey,
    secret: true,
    guards: "key",
  }),
  portalIssuer: option({
    name: "PORTAL_ISSUER",
    description: "The `iss` of a hand-over to the client portal. Needed with `PORTAL_KEY`.",
    expects: "a name such as https://app.example.com, or leave it unset",
    schema: text.optional(),
  }),
} as const;
