import type { Logger } from "pino";
import type { VerifyDeps } from "../sharing/verify-share.ts";
import type { OpenChannelKeys } from "../messaging/open-channel-keys.ts";
import type { Access } from "./access.ts";
import type { JournalBell } from "./journal-bell.ts";
import type { Metrics } from "./metrics.ts";

export type { Access, Actor, Role } from "./access.ts";

/** What the API needs from the rest of the house; built once in app.ts. */
export interface HttpDeps extends VerifyDeps {
  log: Logger;
  settings: HttpSettings;
  metrics: Metrics;
  access: Access;
  channelKeys: OpenChannelKeys;
  bell: JournalBell;
  /** The background loops and how they fare, for /readyz. */
  loopsOf(): LoopState[];
  /** Aborted when the server stops: streams end then. */
  stopping: AbortSignal;
}

/** The part of the configuration that the API tells or uses. */
export interface HttpSettings {
  version: string;
  mode: "enforce" | "observe";
  partnerName: string;
  partnerBusinessId: string;
  /** Without a slash at the end; null when nobody has said it. */
  publicUrl: string | null;
  businessSuiteUrl: string;
  /** What the Hub's sign-in is prefilled with; null outside the sandbox. */
  sandbox: { apiKey: string; emulatorUrl: string } | null;
  /** The folder of the built Hub. */
  hubDir: string;
}

export interface LoopState {
  name: string;
  alive: boolean;
  /** When it last went round without an error, ms since the epoch. */
  lastRoundAt: number | null;
  error: string | null;
}
