import { ADDRESS_CHECKS, CALLBACK_CHECK } from "./address-checks.ts";
import { APP_CHECK, SUBSCRIPTION_CHECK } from "./app-checks.ts";
import type { Check } from "./check.ts";
import { DATABASE_CHECKS } from "./database-checks.ts";
import { speakerOf } from "./finding.ts";
import { FIELD_CHECK } from "./field-check.ts";
import { MAIL_CHECK } from "./mail-checks.ts";
import { SHARE_CHECKS, TAKEOVER_CHECKS } from "./share-checks.ts";
import { SINGLE_SIGN_ON_CHECK } from "./sign-in-checks.ts";
import { EVENT_STREAM_CHECK } from "./stream-checks.ts";
import { SIGNUP_CHECK, SIGNUP_PAGES_CHECK } from "./signup-checks.ts";
import { PORTFOLIO_CHECK, TOKEN_CHECKS } from "./token-checks.ts";
import { GRAPH_VERSION_CHECK, SIGNUP_VERSION_CHECK } from "./version-checks.ts";

const settings: Check = {
  id: "settings",
  needs: [],
  run: () => Promise.resolve(speakerOf("settings")("ok", "complete")),
};

/**
 * The whole list, in the order of doing. docs/guides/going-live.md has one section for each, in the same
 * order.
 */
export const CHECKS: readonly Check[] = [
  settings,
  ...DATABASE_CHECKS,
  ...ADDRESS_CHECKS,
  PORTFOLIO_CHECK,
  APP_CHECK,
  ...TOKEN_CHECKS,
  GRAPH_VERSION_CHECK,
  SUBSCRIPTION_CHECK,
  CALLBACK_CHECK,
  ...SHARE_CHECKS,
  FIELD_CHECK,
  SIGNUP_CHECK,
  SIGNUP_VERSION_CHECK,
  SIGNUP_PAGES_CHECK,
  ...TAKEOVER_CHECKS,
  SINGLE_SIGN_ON_CHECK,
  MAIL_CHECK,
  EVENT_STREAM_CHECK,
];
