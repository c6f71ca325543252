import type { Logger } from "pino";
import type { Clock } from "../lib/clock.ts";
import type { LoopState } from "../lib/loop.ts";
import type { VerifyDeps } from "../sharing/verify-share.ts";
import type { GateCache } from "../sharing/gate-cache.ts";
import type { OpenChannelKeys } from "../messaging/open-channel-keys.ts";
import type { JournalBell } from "./journal-bell.ts";
import type { Metrics } from "./metrics.ts";

/** What the API needs from the rest of the house; built once in app.ts. */
export interface HttpDeps extends VerifyDeps {
  log: Logger;
  settings: HttpSettings;
  metrics: Metrics;
  /** SHA-256 of ADMIN_API_KEY. */
  adminKeyHash: Buffer;
  /** The wall clock: a sandbox whose clock is advanced must not sign people out. */
  wallClock: Clock;
  channelKeys: OpenChannelKeys;
  gate: GateCache;
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
