import { createHash } from "node:crypto";

const secretOf = (name: string): string => createHash("sha256").update(`a test's own ${name}`).digest("hex");

/** Secrets that `serve` takes: as strong as random ones, and the same in every run. */
export const OWN_SECRETS = {
  ADMIN_API_KEY: secretOf("admin key"),
  ENCRYPTION_KEY: secretOf("encryption key"),
  META_APP_SECRET: secretOf("app secret"),
  META_SYSTEM_USER_TOKEN: secretOf("system user token"),
  META_WEBHOOK_VERIFY_TOKEN: secretOf("verify token"),
};
