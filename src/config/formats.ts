import { createPublicKey } from "node:crypto";
import { domainToASCII } from "node:url";
import { z } from "zod";
import { isLoopback } from "../lib/loopback.ts";
import { isMailAddress } from "../lib/mail-address.ts";
import { isNetwork } from "../lib/network.ts";
import { contrastOf, parseHexColor, readableOf } from "../lib/contrast.ts";

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

/** The address of an OpenID provider, as it names itself: https, or http on this machine. */
export const issuerUrl = z
  .string()
  .refine((value) => {
    const url = parseHttpUrl(value);
    return (
      url !== undefined && !/[?#]/.test(value) && (url.protocol === "https:" || isLoopback(url.hostname))
    );
  })
  .optional();

/** The roles that a claim of an OpenID provider may give. */
const CLAIMED_ROLES = ["viewer", "support", "operator", "admin"] as const;

/** `value=role`, separated by commas; none when unset. A value may hold `=`, and no comma. */
export const claimRoles = z
  .string()
  .optional()
  .transform((value) => listOf(value).map(claimRoleOf))
  .refine((list) => list.every((row) => row !== null))
  .transform((list) => list.filter((row) => row !== null));

function claimRoleOf(item: string): { value: string; role: (typeof CLAIMED_ROLES)[number] } | null {
  const end = item.lastIndexOf("=");
  const value = item.slice(0, Math.max(end, 0)).trim();
  const role = CLAIMED_ROLES.find((known) => known === item.slice(end + 1).trim());
  return role === undefined || value === "" ? null : { value, role };
}

const LEAST_HAND_OVER_BYTES = 32;

/** A secret of at least 32 bytes, or the public key of an Ed25519 pair in PEM. */
export const handOverKey = z
  .string()
  .transform((value) => (value.startsWith(PEM) ? value.replaceAll("\\n", "\n") : value))
  .refine((value) =>
    value.startsWith("-----") ? isEd25519(value) : Buffer.byteLength(value) >= LEAST_HAND_OVER_BYTES,
  )
  .optional();

const PEM = "-----BEGIN PUBLIC KEY-----";

function isEd25519(pem: string): boolean {
  try {
    return pem.startsWith(PEM) && createPublicKey(pem).asymmetricKeyType === "ed25519";
  } catch {
    return false;
  }
}

/** Names separated by spaces, `openid` among them. */
export const oidcScopes = z.string().refine((value) => value.split(/\s+/).includes("openid"));

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

/**
 * The versions that Meta names on its page of versions; v2 and v3 take `extras.version`, v4 its
 * configuration.
 */
export const signupVersion = z.string().regex(/^v\d{1,2}(-public-preview)?$/);

function parseJsonObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === "object" && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** A JSON object, for what goes to Meta as it is. */
export const jsonObject = z
  .string()
  .refine((value) => parseJsonObject(value) !== undefined)
  .transform((value): Readonly<Record<string, unknown>> => parseJsonObject(value) ?? {});

/**
 * Where a browser may be sent: origins or beginnings of addresses, separated by commas; none when unset. No
 * wildcard and no fragment.
 */
export const addressPrefixes = z
  .string()
  .optional()
  .transform((value) => (value === undefined ? [] : value.split(",").map((prefix) => prefix.trim())))
  .refine((list) => list.every((prefix) => parseHttpUrl(prefix) !== undefined && !/[#*]/.test(prefix)));

function listOf(value: string | undefined): string[] {
  return value === undefined ? [] : value.split(",").map((item) => item.trim());
}

/** Host names, with a port or without, separated by commas; none when unset. In lower case. */
export const hostNames = z
  .string()
  .optional()
  .transform((value) => listOf(value?.toLowerCase()))
  .refine((list) => list.every(isHostName));

const isHostName = (name: string): boolean =>
  /^[a-z0-9.:[\]-]+$/.test(name) && URL.parse(`http://${name}`)?.host === name.replace(/:80$/, "");

/** Addresses and networks in CIDR form, separated by commas; none when unset. */
export const networks = z
  .string()
  .optional()
  .transform(listOf)
  .refine((list) => list.every(isNetwork));

/** White text stands on it: WCAG 2.2 AA asks for 4.5 to 1. */
const TEXT_CONTRAST = 4.5;

export const brandColor = z
  .string()
  .optional()
  .transform((value) => (value === undefined ? undefined : (parseHexColor(value) ?? null)))
  .refine((color) => color === undefined || (color !== null && contrastOf(color, "#ffffff") >= TEXT_CONTRAST))
  .transform((color) => color ?? undefined);

/** A darker colour of the same kind, for one that white text cannot be read on. */
export function adviseColor(text: string): string | undefined {
  const color = parseHexColor(text);
  if (color === null) return undefined;
  const darker = readableOf(color, { towards: "#000000", background: "#ffffff", ratio: TEXT_CONTRAST });
  const contrast = contrastOf(color, "#ffffff").toFixed(1);
  return (
    `White text on ${color} has a contrast of ${contrast} to 1, and needs ${TEXT_CONTRAST}; ` +
    `${darker} is dark enough.`
  );
}

/** A picture elsewhere, by https; or a path that your reverse proxy serves beside Sharekeeper's own. */
export const logoUrl = z
  .string()
  .refine((value) => (value.startsWith("/") ? /^\/[^/\\][^"'<>\s]*$/.test(value) : isHttpsUrl(value)))
  .optional();

function isHttpsUrl(value: string): boolean {
  return parseHttpUrl(value)?.protocol === "https:";
}

/** What a link of help leads to: an address of a page, or an e-mail address. */
export const supportAddress = z
  .string()
  .refine((value) => isHttpsUrl(value) || /^[^\s@<>"']+@[^\s@<>"']+\.[a-z]{2,}$/i.test(value))
  .optional();

/** A mail server, and who we are there. */
export interface SmtpServer {
  /** A name or an address, IPv6 without brackets. */
  host: string;
  port: number;
  /** TLS from the first byte. */
  isTls: boolean;
  user: string | null;
  password: string | null;
}

const SMTP_PORT = 587;
const SMTPS_PORT = 465;

/** smtp: or smtps:, with user and password or without both, and nothing behind the port. */
export const smtpServer = z
  .string()
  .optional()
  .transform((value) => (value === undefined ? undefined : parseSmtpUrl(value)))
  .refine((server) => server !== null)
  .transform((server) => server ?? undefined);

function parseSmtpUrl(text: string): SmtpServer | null {
  const url = URL.parse(text);
  if (url === null || !/^smtps?:$/.test(url.protocol) || url.hostname === "") return null;
  if (!/^\/?$/.test(url.pathname) || /[?#]/.test(text) || (url.username === "") !== (url.password === ""))
    return null;
  const [user, password, name] = [url.username, url.password, url.hostname].map(decodedOf);
  if (user == null || password == null || name == null) return null;
  const host = name.startsWith("[") ? name.slice(1, -1) : domainToASCII(name);
  if (host === "") return null;
  const isTls = url.protocol === "smtps:";
  return {
    host,
    port: url.port === "" ? (isTls ? SMTPS_PORT : SMTP_PORT) : Number(url.port),
    isTls,
    user: user || null,
    password: password || null,
  };
}

function decodedOf(text: string): string | null {
  try {
    const decoded = decodeURIComponent(text);
    return /\p{Cc}/u.test(decoded) ? null : decoded;
  } catch {
    return null;
  }
}

/** Whose name and address a mail shows; the name may be missing. */
export interface Mailbox {
  name: string;
  address: string;
}

export const mailAddress = z
  .string()
  .refine((value) => isMailAddress(value))
  .optional();

/** "Name <address>", or the address alone. The name may stand in quotation marks. */
export const mailbox = z
  .string()
  .optional()
  .transform((value) => (value === undefined ? undefined : parseMailbox(value)))
  .refine((parsed) => parsed !== null)
  .transform((parsed) => parsed ?? undefined);

function parseMailbox(text: string): Mailbox | null {
  const [, name = "", address = text] = /^([^<>]*)<([^<>]+)>$/.exec(text) ?? [];
  const bare = name.trim().replace(/^"(.*)"$/, "$1");
  return isMailAddress(address) && !/[\p{Cc}"\\]/u.test(bare) ? { name: bare, address } : null;
}

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
