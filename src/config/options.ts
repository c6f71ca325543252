import { z } from "zod";
import { AUDIT_OPTIONS } from "./audit-options.ts";
import {
  addressPrefixes,
  adviseColor,
  anyUrl,
  baseUrl,
  brandColor,
  graphVersion,
  hostNames,
  jsonObject,
  logoUrl,
  longSecondsAsMs,
  metaId,
  networks,
  origins,
  postgresUrl,
  secondsAsMs,
  signupVersion,
  supportAddress,
  text,
  wholeNumber,
} from "./formats.ts";
import { CLIENT_MESSAGE_OPTIONS } from "./client-message-options.ts";
import { everywhere, option } from "./option.ts";
import { LINK_OPTIONS } from "./link-options.ts";
import { MAIL_OPTIONS } from "./mail-options.ts";
import { SEAL_OPTIONS } from "./seal-options.ts";
import { SIGN_IN_OPTIONS } from "./sign-in-options.ts";
import { STREAM_OPTIONS } from "./stream-options.ts";
import { WEBHOOK_OPTIONS } from "./webhook-options.ts";

/**
 * Every setting there is, by its name in the code. The manual page and the parser are made from this table.
 */
export const OPTIONS = {
  port: option({
    name: "PORT",
    description: "The port of the API, the Hub, the webhooks and the gateway. 0 takes any free one.",
    expects: "a whole number from 0 to 65535",
    schema: wholeNumber(0, 65535),
    ...everywhere("3600"),
  }),
  host: option({
    name: "HOST",
    description:
      "The address to listen on. `0.0.0.0` listens on every one. Beyond this machine the sandbox needs an `ADMIN_API_KEY` of your own.",
    expects: "an IP address or a host name",
    schema: text,
    ...everywhere("127.0.0.1"),
  }),
  emulatorPort: option({
    name: "EMULATOR_PORT",
    description: "The port of the Meta emulator.",
    expects: "a whole number from 0 to 65535",
    schema: wholeNumber(0, 65535),
    ...everywhere("3700"),
  }),
  emulatorProviderKind: option({
    name: "EMULATOR_PROVIDER_KIND",
    description:
      "The kind of provider for the emulator: a Tech Provider is refused fields that a Solution Partner may read.",
    expects: "solution_partner or tech_provider, or leave it unset",
    schema: z.enum(["solution_partner", "tech_provider"]).optional(),
  }),
  emulatorHost: option({
    name: "EMULATOR_HOST",
    description: "The address that the Meta emulator listens on. It needs no key: keep it on this machine.",
    expects: "an IP address or a host name",
    schema: text,
    ...everywhere("127.0.0.1"),
  }),
  dataDir: option({
    name: "DATA_DIR",
    description: "Where the embedded database and the emulator's world live. One process at a time.",
    expects: "a directory this user may write",
    schema: text,
    ...everywhere(".data"),
  }),
  databaseUrl: option({
    name: "DATABASE_URL",
    description: "A PostgreSQL server, 15 or newer. Unset: the embedded database in `DATA_DIR`.",
    expects: "an address such as postgres://user:password@host:5432/database",
    schema: postgresUrl,
    secret: true,
  }),
  publicUrl: option({
    name: "PUBLIC_URL",
    description: "The address under which clients, Meta and your programs reach Sharekeeper.",
    expects: "an http or https address such as https://share.example.com",
    schema: baseUrl,
    sandbox: "http://127.0.0.1:<PORT>",
    guards: "address",
  }),
  allowedHosts: option({
    name: "ALLOWED_HOSTS",
    description:
      "Further names under which this server answers, beside the host of `PUBLIC_URL`, `HOST` and this machine's own. Other names in `Host` get 421.",
    expects:
      "host names such as share.internal or share.internal:3600, separated by commas, or leave it unset",
    schema: hostNames,
  }),
  trustedProxies: option({
    name: "TRUSTED_PROXIES",
    description:
      "The reverse proxies whose `X-Forwarded-For` is trusted. Without it every caller behind a proxy has the proxy's address, also for the limits on wrong keys and on the memory for bodies of one unknown sender.",
    expects: "addresses or networks such as 127.0.0.1,10.0.0.0/8, separated by commas, or leave it unset",
    schema: networks,
  }),
  metricsToken: option({
    name: "METRICS_TOKEN",
    description:
      "What Prometheus sends as `Authorization: Bearer …` for `/metrics` and for the whole of `/readyz`. Unset: an API key, or, as long as `PUBLIC_URL` names this machine, a caller on it.",
    expects: "at least 32 characters that nobody can guess, or leave it unset",
    schema: text.optional(),
    secret: true,
    guards: "key",
  }),
  mode: option({
    name: "MODE",
    description:
      "`enforce` closes gates; `observe` only records what it would have done: it closes no gate, contacts no client and writes nothing at Meta.",
    expects: "enforce or observe",
    schema: z.enum(["enforce", "observe"]),
    ...everywhere("enforce"),
  }),
  partnerName: option({
    name: "PARTNER_NAME",
    description: "Your name, as clients see it among the partners in Business Suite.",
    expects: "the name of your business portfolio",
    schema: text,
    sandbox: "360dialog",
  }),
  partnerColor: option({
    name: "PARTNER_COLOR",
    description: "Your colour on the client's page; a dark page gets a lighter tint of it. Unset: blue.",
    expects: "a colour such as #2f55d4 that white text can be read on",
    schema: brandColor,
    advise: adviseColor,
  }),
  partnerLogoUrl: option({
    name: "PARTNER_LOGO_URL",
    description:
      "Your logo at the top of the client's page, 32 pixels high. It must be visible on light and on dark.",
    expects: "an https address, a path that your reverse proxy serves, or leave it unset",
    schema: logoUrl,
  }),
  partnerSupport: option({
    name: "PARTNER_SUPPORT",
    description: "Where clients get help; the client's page names it.",
    expects: "an e-mail address, an https address, or leave it unset",
    schema: supportAddress,
  }),
  partnerBusinessId: option({
    name: "PARTNER_BUSINESS_ID",
    description: "The id of your business portfolio at Meta: the partner that clients share with.",
    expects: "the id of your business portfolio (digits; Business Suite, Settings, Business info)",
    schema: metaId,
    sandbox: "734443296905665",
  }),
  metaAppId: option({
    name: "META_APP_ID",
    description: "The id of your Meta app.",
    expects: "the id of your Meta app (digits; App Dashboard, App settings, Basic)",
    schema: metaId,
    sandbox: "600000000000001",
  }),
  metaAppSecret: option({
    name: "META_APP_SECRET",
    description: "The app's secret. Meta signs its webhooks with it.",
    expects: "the App secret (App Dashboard, App settings, Basic)",
    schema: text,
    sandbox: "sandbox-app-secret",
    secret: true,
  }),
  metaAppSecretPrevious: option({
    name: "META_APP_SECRET_PREVIOUS",
    description:
      "The secret before the last rotation: webhooks signed with it are still accepted. Unset it afterwards.",
    expects: "the previous App secret, or leave it unset",
    schema: text.optional(),
    secret: true,
  }),
  metaSystemUserToken: option({
    name: "META_SYSTEM_USER_TOKEN",
    description: "The access token of your admin system user, with the WhatsApp permissions.",
    expects: "the token of your admin system user (Business Suite, Settings, System users)",
    schema: text,
    sandbox: "sandbox-system-user-token",
    secret: true,
  }),
  metaSystemUserId: option({
    name: "META_SYSTEM_USER_ID",
    description: "The id of that system user. Proofs of full control assign it to the WABA.",
    expects: "the id of your admin system user (digits)",
    schema: metaId,
    sandbox: "610000000000001",
  }),
  metaConfigId: option({
    name: "META_CONFIG_ID",
    description: "The Facebook Login for Business configuration of Embedded Signup.",
    expects: "the configuration id (digits; App Dashboard, Facebook Login for Business, Configurations)",
    schema: metaId,
    sandbox: "620000000000001",
  }),
  metaCoexistenceConfigId: option({
    name: "META_COEXISTENCE_CONFIG_ID",
    description:
      "The configuration for numbers that stay in the WhatsApp Business app, if it is another one.",
    expects: "a configuration id (digits), or leave it unset",
    schema: metaId.optional(),
    sandbox: "620000000000002",
    serve: "<META_CONFIG_ID>",
  }),
  metaSignupVersion: option({
    name: "META_SIGNUP_VERSION",
    description:
      "The version of Embedded Signup that your configurations were made for. Sharekeeper warns before Meta ends that version.",
    expects: "a version such as v4",
    schema: signupVersion,
    ...everywhere("v4"),
  }),
  metaSignupExtras: option({
    name: "META_SIGNUP_EXTRAS",
    description: "What Embedded Signup is opened with, as `extras` of Meta's `FB.login`.",
    expects: 'a JSON object such as {"setup":{}}',
    schema: jsonObject,
    ...everywhere('{"setup":{}}'),
  }),
  metaCoexistenceExtras: option({
    name: "META_COEXISTENCE_EXTRAS",
    description:
      "The same for numbers that stay in the WhatsApp Business app. Where that is a product of your configuration, `featureType` may be left out.",
    expects: "a JSON object",
    schema: jsonObject,
    ...everywhere('{"setup":{},"featureType":"whatsapp_business_app_onboarding"}'),
  }),
  metaOnboardingsPerWeek: option({
    name: "META_ONBOARDINGS_PER_WEEK",
    description:
      "How many clients Meta lets you onboard in seven days: 200, or 10 until Meta has verified your business.",
    expects: "a whole number from 1 to 1000000",
    schema: wholeNumber(1, 1_000_000),
    ...everywhere("200"),
  }),
  metaHostedSignupUrl: option({
    name: "META_HOSTED_SIGNUP_URL",
    description:
      "The link of Meta's hosted signup, which needs no SDK (App Dashboard, WhatsApp, Quickstart).",
    expects: "an http or https address, or leave it unset",
    schema: anyUrl.optional(),
    guards: "address",
  }),
  allowedReturnUrls: option({
    name: "ALLOWED_RETURN_URLS",
    description: "Where a signup may send the browser when it ends. Unset: nowhere.",
    expects:
      "origins or beginnings of addresses such as https://app.example.com/whatsapp/, separated by commas",
    schema: addressPrefixes,
    guards: "address",
  }),
  metaWebhookVerifyToken: option({
    name: "META_WEBHOOK_VERIFY_TOKEN",
    description: "The word that Meta repeats when you subscribe the webhook.",
    expects: "the Verify token that you enter in the App Dashboard; any hard-to-guess text",
    schema: text,
    sandbox: "sandbox-verify-token",
    secret: true,
  }),
  metaGraphUrl: option({
    name: "META_GRAPH_URL",
    description: "The base address of the Graph API.",
    expects: "an http or https address",
    schema: baseUrl,
    sandbox: "http://127.0.0.1:<EMULATOR_PORT>",
    serve: "https://graph.facebook.com",
    guards: "address",
  }),
  metaGraphVersion: option({
    name: "META_GRAPH_VERSION",
    description: "The version of the Graph API.",
    expects: "a version such as v25.0",
    schema: graphVersion,
    ...everywhere("v25.0"),
  }),
  metaSdkUrl: option({
    name: "META_SDK_URL",
    description: "The JavaScript SDK that opens Embedded Signup.",
    expects: "an http or https address",
    schema: anyUrl,
    sandbox: "http://127.0.0.1:<EMULATOR_PORT>/en_US/sdk.js",
    serve: "https://connect.facebook.net/en_US/sdk.js",
    guards: "address",
  }),
  metaDialogOrigins: option({
    name: "META_DIALOG_ORIGINS",
    description: "From where Embedded Signup's messages are believed.",
    expects: "origins such as https://www.facebook.com, separated by commas",
    schema: origins,
    sandbox: "http://127.0.0.1:<EMULATOR_PORT>",
    serve: "https://www.facebook.com,https://web.facebook.com,https://business.facebook.com",
    guards: "address",
  }),
  metaBusinessSuiteUrl: option({
    name: "META_BUSINESS_SUITE_URL",
    description: "The base address of Business Suite, where clients assign partners.",
    expects: "an http or https address",
    schema: baseUrl,
    sandbox: "http://127.0.0.1:<EMULATOR_PORT>",
    serve: "https://business.facebook.com",
    guards: "address",
  }),
  ...SEAL_OPTIONS,
  ...LINK_OPTIONS,
  adminApiKey: option({
    name: "ADMIN_API_KEY",
    description: "The first key of the Partner API, and how you sign in to the Hub.",
    expects: "at least 32 characters that nobody can guess, for instance from: openssl rand -hex 24",
    schema: z.string().min(8),
    sandbox: "sandbox-admin-key",
    secret: true,
    guards: "key",
  }),
  sessionIdleMs: option({
    name: "SESSION_IDLE_S",
    description: "How long a session of the Hub may go unused before one has to sign in again, in seconds.",
    expects: "a whole number of seconds from 60 to 2592000 (30 days)",
    schema: longSecondsAsMs(60, 30 * 24 * 3600),
    ...everywhere("1800"),
  }),
  sessionMs: option({
    name: "SESSION_LIFETIME_S",
    description: "How long a session of the Hub lasts at most, in seconds.",
    expects: "a whole number of seconds from 60 to 2592000 (30 days)",
    schema: longSecondsAsMs(60, 30 * 24 * 3600),
    ...everywhere("43200"),
  }),
  ...SIGN_IN_OPTIONS,
  ...CLIENT_MESSAGE_OPTIONS,
  sweepPeriodMs: option({
    name: "SWEEP_PERIOD_S",
    description: "How often every share is probed when nothing happens, in seconds.",
    expects: "a number of seconds from 0.1 to 86400",
    schema: secondsAsMs,
    sandbox: "15",
    serve: "300",
  }),
  reshareLinkLifetimeMs: option({
    name: "RESHARE_LINK_LIFETIME_S",
    description:
      "How long a new re-share link is valid, in seconds. A request that makes a link can set another time.",
    expects: "a whole number of seconds from 60 to 31536000 (a year)",
    schema: longSecondsAsMs(60, 365 * 24 * 3600),
    ...everywhere("1209600"),
  }),
  companionCountdownMs: option({
    name: "COMPANION_COUNTDOWN_S",
    description:
      "How long Meta has to restore a number of the WhatsApp Business app that it offboarded, in seconds. After that the client's page shows the signup.",
    expects: "a whole number of seconds from 60 to 604800 (a week)",
    schema: longSecondsAsMs(60, 7 * 24 * 3600),
    ...everywhere("3600"),
  }),
  inboxRetentionMs: option({
    name: "INBOX_RETENTION_DAYS",
    description:
      "How long the sealed bodies of Meta's webhooks are kept, in days. A daily job drops older ones; a webhook that was not processed yet stays.",
    expects: "a whole number of days from 1 to 3650",
    schema: wholeNumber(1, 3650).transform((days) => days * 24 * 3600 * 1000),
    ...everywhere("90"),
  }),
  ...AUDIT_OPTIONS,
  ...WEBHOOK_OPTIONS,
  ...MAIL_OPTIONS,
  ...STREAM_OPTIONS,
  throughputLimits: option({
    name: "THROUGHPUT_LIMITS",
    description:
      "`on` keeps each number within Meta's throughput: 80 messages a second, 20 in coexistence, counted by each instance. More are refused with 429/130429 and `Retry-After`. `off` leaves the limit to Meta.",
    expects: "on or off",
    schema: z.enum(["on", "off"]).transform((value) => value === "on"),
    ...everywhere("on"),
  }),
  apiRateLimit: option({
    name: "API_RATE_LIMIT",
    description:
      "How many requests a minute one API key or person may send to the API, counted by each instance. More are refused with 429 and `Retry-After`. `0`: no limit. Messages have limits of their own.",
    expects: "a whole number from 0 to 1000000",
    schema: wholeNumber(0, 1_000_000),
    ...everywhere("6000"),
  }),
  logLevel: option({
    name: "LOG_LEVEL",
    description: "The least urgent log lines that are written.",
    expects: "trace, debug, info, warn, error, fatal or silent",
    schema: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]),
    sandbox: "warn",
    serve: "info",
  }),
};
