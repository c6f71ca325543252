import { z } from "zod";

const isHttp = (url: URL): boolean => url.protocol === "https:" || url.protocol === "http:";

function parseHttpUrl(text: string): URL | undefined {
  const url = URL.parse(text);
  return url && isHttp(url) && !url.username && !url.password ? url : undefined;
}

/** A whole number within bounds, both included. */
export function wholeNumber(min: number, max: number) {
  return z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .refine((value) => value >= min && value <= max);
}

/** One of Meta's ids: digits, kept as text. */
export const metaId = z.string().regex(/^\d{1,32}$/);

export const text = z.string().min(1);

/** An http or https address without a trailing slash, so that paths can be appended. */
export const baseUrl = z
  .string()
  .refine((value) => parseHttpUrl(value) !== undefined && !/[?#]/.test(value))
  .transform((value) => value.replace(/\/+$/, ""));

export const anyUrl = z.string().refine((value) => parseHttpUrl(value) !== undefined);

/** Origins (scheme, host, port), separated by commas. */
export const origins = z
  .string()
  .transform((value) => value.split(",").map((origin) => origin.trim().replace(/\/$/, "")))
  .refine((list) => list.every((origin) => parseHttpUrl(origin)?.origin === origin));

export const postgresUrl = z
  .string()
  .refine((value) => /^postgres(ql)?:$/.test(URL.parse(value)?.protocol ?? ""))
  .optional();

export const graphVersion = z.string().regex(/^v\d{1,3}\.\d$/);

/** Seconds in the environment, milliseconds in the code. */
export const secondsAsMs = z
  .string()
  .regex(/^\d{1,6}(\.\d{1,3})?$/)
  .transform((value) => Math.round(Number(value) * 1000))
  .refine((value) => value >= 100 && value <= 24 * 60 * 60 * 1000);

/** Whole seconds within bounds, in milliseconds in the code: for what lasts longer than a day. */
export function longSecondsAsMs(min: number, max: number) {
  return wholeNumber(min, max).transform((value) => value * 1000);
}

/** 32 bytes in hex or base64 (either alphabet). */
export const key256 = z
  .string()
  .transform((value) => Buffer.from(value, /^[0-9a-f]{64}$/i.test(value) ? "hex" : "base64"))
  .refine((bytes) => bytes.length === 32);
