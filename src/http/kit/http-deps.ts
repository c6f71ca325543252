import type { Logger } from "pino";
import type { Clock } from "../../lib/clock.ts";
import type { HexColor } from "../../lib/contrast.ts";
import type { LoopState } from "../../lib/loop.ts";
import type { SignupDeps } from "../../onboarding/signup-deps.ts";
import type { GateCache } from "../../sharing/gate/gate-cache.ts";
import type { OpenChannelKeys } from "../../messaging/keys/open-channel-keys.ts";
import type { ClientTokens } from "../../messaging/gateway/watch-client-tokens.ts";
import type { WatchedLinks } from "../../recovery/watch-reshare-links.ts";
import type { RecentReplies } from "./recent-replies.ts";
import type { KeyGuard } from "./key-guard.ts";
import type { JournalListener } from "./journal-listener.ts";
import type { Metrics } from "../../reports/create-metrics.ts";
import type { OpenStreams } from "./open-streams.ts";
import type { UnknownBytes } from "./unknown-bytes.ts";

/** What the API needs from the rest of the house; built once in app.ts. */
export interface HttpDeps extends SignupDeps {
  log: Logger;
  settings: HttpSettings;
  metrics: Metrics;
  /** SHA-256 of ADMIN_API_KEY. */
  adminKeyHash: Buffer;
  /** The wall clock: a sandbox whose clock is advanced must not sign people out. */
  wallClock: Clock;
  channelKeys: OpenChannelKeys;
  /** The clients' own tokens in memory. */
  clientTokens: ClientTokens;
  /** The live re-share links in memory. */
  links: WatchedLinks;
  reshareLinkLifetimeMs: number;
  reshareTokens: LinkAddresses;
  /** Invitations to sign up. */
  invitations: LinkAddresses;
  gate: GateCache;
  journalListener: JournalListener;
  /** The event streams that are open here. */
  streams: OpenStreams;
  /** Meta's answers about commerce settings. */
  commerce: RecentReplies;
  /** The brake on guessed keys. */
  keyGuard: KeyGuard;
  /** What the bodies at open doors hold before anything says who calls. */
  openDoorBytes: UnknownBytes;
  /** SHA-256 of METRICS_TOKEN; null when there is none. */
  metricsTokenHash: Buffer | null;
  /** The background loops and how they fare, for /readyz. */
  loopsOf(): LoopState[];
  /** Whether everything that was to be taken in at the start is there: a sandbox's channel keys come last. */
  isOpen(): boolean;
  /** Aborted when the server stops: streams end then. */
  stopping: AbortSignal;
}

/** Links as people follow them, and back. */
export interface LinkAddresses {
  /** The whole address of a link. Whoever has it may open the page: it stands in no log. */
  urlOf(linkId: string): string;
  /** The address below ours, for the page's own forms. */
  pathOf(linkId: string): string;
  /** The link's id, or null when the token is none of ours. */
  parse(token: string): string | null;
}

/** How the client's page looks like the provider's own. */
export interface Brand {
  /** White text can be read on it; null: the page's own blue. */
  color: HexColor | null;
  /** An https address, or a path beside ours. */
  logoUrl: string | null;
  /** An e-mail address or an https address. */
  support: string | null;
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
  /** The version of Embedded Signup in use: "v4". */
  signupVersion: string;
  brand: Brand;
  /** What the Hub's sign-in is prefilled with; null outside the sandbox. */
  sandbox: { apiKey: string; emulatorUrl: string } | null;
  /** The folder of the built Hub. */
  hubDir: string;
}
