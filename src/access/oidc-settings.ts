import type { Config } from "../config/parse-config.ts";
import { ROLES, type Role } from "./actor.ts";

/** One OpenID provider, as the settings describe it. */
export interface OidcSettings {
  /** Stands in the addresses of the sign-in. */
  id: string;
  /** What people call it. */
  name: string;
  issuer: string;
  clientId: string;
  clientSecret: string;
  scopes: string;
  /** The claim that decides the role; dots lead into objects. */
  roleClaim: string;
  roles: readonly { value: string; role: Role }[];
}

/** What a provider says of a person, from the ID token and the userinfo endpoint. */
export type Claims = Readonly<Record<string, unknown>>;

/** The providers of the settings: none, or `default`. */
export function oidcSettingsOf(config: Config): OidcSettings[] {
  const { oidcIssuer: issuer, oidcClientId: clientId, oidcClientSecret: clientSecret } = config;
  if (issuer === undefined || clientId === undefined || clientSecret === undefined) return [];
  return [
    {
      ...{ id: "default", name: config.oidcProviderName, issuer, clientId, clientSecret },
      ...{ scopes: config.oidcScopes, roleClaim: config.oidcRoleClaim, roles: config.oidcRoles },
    },
  ];
}

/** The highest role that the claims give; null when they give none. */
export function roleOfClaims({ roleClaim, roles }: OidcSettings, claims: Claims): Role | null {
  // An address that nobody has verified may be anybody's.
  if (roleClaim === "email" && claims["email_verified"] !== true) return null;
  const values = valuesOf(claimOf(claims, roleClaim));
  const given = roles.filter(({ value }) => values.includes(value)).map(({ role }) => role);
  return ROLES.findLast((role) => given.includes(role)) ?? null;
}

/** The claim of this name; else the one at this path, as in `realm_access.roles`. Undefined: not sent. */
export function claimOf(claims: Claims, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  return name
    .split(".")
    .reduce<unknown>(
      (value, key) => (isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined),
      claims,
    );
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const valuesOf = (claim: unknown): string[] =>
  (Array.isArray(claim) ? claim : [claim]).filter((value) => typeof value === "string");
