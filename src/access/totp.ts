import { Secret, TOTP } from "otpauth";
import type { Random } from "../lib/random.ts";
import { keyHashOf } from "./api-key.ts";

const ISSUER = "Sharekeeper";
const SECRET_BYTES = 20;
const PERIOD_S = 30;
/** A clock may be off by one step, in both directions. */
const WINDOW = 1;
const RECOVERY_CODES = 10;
const RECOVERY_BYTES = 15;
const RECOVERY_GROUP = 6;

/** A new secret for an authenticator app: 160 random bits, in base 32. */
export function totpSecretOf(random: Random): string {
  return new Secret({ buffer: Uint8Array.from(random.bytes(SECRET_BYTES)).buffer }).base32;
}

/** What the QR code holds. */
export function totpUrlOf(secret: string, email: string): string {
  return totpOf(secret, email).toString();
}

/**
 * The time step whose code this is, at `now` (ms) or one step beside it; null: it is none of the three.
 * `latest`: the last of the three.
 */
export function totpStepOf(
  secret: string,
  code: string,
  now: number,
): { step: number; latest: number } | null {
  const token = code.replaceAll(" ", "");
  if (!/^\d{6}$/.test(token)) return null;
  const delta = totpOf(secret, "").validate({ token, timestamp: now, window: WINDOW });
  const step = Math.floor(now / 1000 / PERIOD_S);
  return delta === null ? null : { step: step + delta, latest: step + WINDOW };
}

const totpOf = (secret: string, label: string): TOTP =>
  new TOTP({ issuer: ISSUER, label, secret: Secret.fromBase32(secret), period: PERIOD_S });

/** Ten codes of 120 random bits for the day on which the phone is gone: "abcdef-ghijkl-mnopqr-stuvwx". */
export function recoveryCodesOf(random: Random): string[] {
  return Array.from({ length: RECOVERY_CODES }, () => {
    const { base32 } = new Secret({ buffer: Uint8Array.from(random.bytes(RECOVERY_BYTES)).buffer });
    return (base32.toLowerCase().match(new RegExp(`.{${RECOVERY_GROUP}}`, "g")) ?? []).join("-");
  });
}

/** What is kept of a recovery code, however it is typed. */
export function recoveryHashOf(code: string): Buffer {
  return keyHashOf(code.toLowerCase().replaceAll(/[\s-]/g, ""));
}
