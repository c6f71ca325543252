import { createPublicKey, type KeyObject } from "node:crypto";
import { errors, jwtVerify, type JWTPayload } from "jose";
import { z } from "zod";
import type { Config } from "../config/parse-config.ts";
import type { Sql } from "../database/database.ts";
import type { Clock } from "../lib/clock.ts";
import { keyHashOf } from "./api-key.ts";
import { saveUsedToken } from "./sign-in-attempt-store.ts";

/** Whose hand-overs to the portal count. The kind of key decides the algorithm, never the token. */
export interface HandOverSettings {
  issuer: string;
  key: Uint8Array | KeyObject;
  algorithm: "HS256" | "EdDSA";
}

/** Null: the provider's site hands nobody over. */
export function handOverSettingsOf({
  portalKey,
  portalIssuer,
}: Pick<Config, "portalKey" | "portalIssuer">): HandOverSettings | null {
  if (portalKey === undefined || portalIssuer === undefined) return null;
  return portalKey.startsWith("-----")
    ? { issuer: portalIssuer, key: createPublicKey(portalKey), algorithm: "EdDSA" }
    : { issuer: portalIssuer, key: new TextEncoder().encode(portalKey), algorithm: "HS256" };
}

/** Who comes, as the provider's site says. */
export interface HandOver {
  /** The client: the provider's own id of it, or ours. */
  sub: string;
  name: string | null;
  email: string | null;
  lang: string | null;
  /** Where on the portal to begin, a path below /portal. */
  next: string | null;
}

/** `why` is for the log and for the developer of the provider's site. */
export interface RefusedHandOver {
  fault: "expired" | "used" | "invalid";
  why: string;
}

const MOST_AHEAD_S = 300;
const Optional = (most: number) => z.string().trim().max(most).nullish().catch(null);

const Claims = z.object({
  sub: z.string().min(1).max(200),
  jti: z.string().min(1).max(200),
  exp: z.number(),
  name: Optional(200),
  email: z.email().max(320).nullish().catch(null),
  lang: Optional(20),
  return: z
    .string()
    .max(500)
    .regex(/^\/portal([/?#][^\s\\]*)?$/)
    .nullish()
    .catch(null),
});

/** The hand-over of this token, once: signed by the provider's site, for us, and at most 5 minutes ahead. */
export async function verifyHandOver(
  { db, clock, settings, audience }: { db: Sql; clock: Clock; settings: HandOverSettings; audience: string },
  token: string,
): Promise<HandOver | RefusedHandOver> {
  const now = clock.now();
  const payload = await readPayload(token, settings, audience, now);
  if ("fault" in payload) return payload as RefusedHandOver;
  const claims = Claims.safeParse(payload);
  if (!claims.success) return { fault: "invalid", why: "sub, jti or exp is not valid" };
  const { sub, jti, exp, name, email, lang, return: next } = claims.data;
  if (exp * 1000 - now > MOST_AHEAD_S * 1000)
    return { fault: "invalid", why: `exp is more than ${MOST_AHEAD_S} s ahead` };
  const hash = keyHashOf(`${settings.issuer}\n${jti}`);
  if (!(await saveUsedToken(db, { hash, expiresAt: exp * 1000 }, now)))
    return { fault: "used", why: "this jti was used before" };
  return { sub, name: name || null, email: email ?? null, lang: lang ?? null, next: next ?? null };
}

async function readPayload(
  token: string,
  { key, algorithm, issuer }: HandOverSettings,
  audience: string,
  now: number,
): Promise<JWTPayload | RefusedHandOver> {
  try {
    const { payload } = await jwtVerify(token, key, {
      ...{ algorithms: [algorithm], issuer, audience, currentDate: new Date(now) },
      requiredClaims: ["sub", "jti", "exp"],
    });
    return payload;
  } catch (error) {
    if (!(error instanceof errors.JOSEError)) throw error;
    return { fault: error instanceof errors.JWTExpired ? "expired" : "invalid", why: error.message };
  }
}
