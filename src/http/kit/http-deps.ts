import type { Logger } from "pino";
import type { Brand } from "../../config/brand.ts";
import type { WatchedDataKeys } from "../../credentials/watch-data-keys.ts";
import type { HandOverSettings } from "../../access/verify-hand-over.ts";
import type { OidcProvider } from "../../access/open-oidc-provider.ts";
import type { SessionRules } from "../../access/session-store.ts";
import type { AlertSender } from "../../alerting/channels/create-alert-sender.ts";
import type { Messenger } from "../../client-messages/open-messenger.ts";
import type { AllowedNetworks } from "../../delivery/allowed-networks.ts";
import type { Deliverer } from "../../delivery/deliver-webhooks.ts";
import type { ClientAddress } from "../../lib/client-address.ts";
import type { Clock } from "../../lib/clock.ts";
import type { LoopState } from "../../lib/loop.ts";
import type { SignupDeps } from "../../onboarding/signup-deps.ts";
import type { GateCache } from "../../sharing/gate/gate-cache.ts";
import type { OpenChannelKeys } from "../../messaging/keys/open-channel-keys.ts";
import type { ClientTokens } from "../../messaging/gateway/watch-client-tokens.ts";
import type { WatchedLinks } from "../../recovery/watch-reshare-links.ts";
import type { ActRecorder } from "./act-recorder.ts";
import type { RequestQuotas } from "./request-quotas.ts";
import type { RecentReplies } from "./recent-replies.ts";
import type { PasswordHasher } from "../../access/create-password-hasher.ts";
import type { KeyGuard } from "./key-guard.ts";
import type { SignInGuard } from "./sign-in-guard.ts";
import type { JournalListener } from "./journal-listener.ts";
import type { Metrics } from "../../reports/create-metrics.ts";
import type { OpenStreams } from "./open-streams.ts";
import type { CredentialWatch } from "./watch-credentials.ts";
import type { UnknownBytes } from "./unknown-bytes.ts";

/** What the API needs from the other rooms; built once in app.ts. */
export interface HttpDeps extends SignupDeps {
  log: Logger;
  /** The data keys, for their rotation. */
  dataKeys: WatchedDataKeys;
  settings: HttpSettings;
  metrics: Metrics;
  /** What each use of a session is judged by; it holds the hash of ADMIN_API_KEY. */
  sessionRules: SessionRules;
  /** How long a session lasts at most, in ms. */
  sessionMs: number;
  /** The OpenID providers that people may sign in with. */
  oidcProviders: readonly OidcProvider[];
  /** Whose site hands clients over to their portal; null: nobody's. */
  handOver: HandOverSettings | null;
  /** Our own address, without a slash at the end. */
  baseUrl(): string;
  /** The wall clock: advancing the sandbox's clock must not sign people out. */
  wallClock: Clock;
  channelKeys: OpenChannelKeys;
  /** Cache of the clients' own tokens. */
  clientTokens: ClientTokens;
  /** Cache of the live re-share links. */
  links: WatchedLinks;
  reshareLinkLifetimeMs: number;
  reshareTokens: LinkAddresses;
  /** Invitations to sign up. */
  invitations: LinkAddresses;
  /** The pages on which people unsubscribe an address, by its id. */
  unsubscribing: LinkAddresses;
  gate: GateCache;
  journalListener: JournalListener;
  /** Delivers events to webhook endpoints. */
  deliverer: Deliverer;
  /** Writes to clients. */
  messenger: Messenger;
  /** Where deliveries may go. */
  webhookNetworks: AllowedNetworks;
  /** Sends tests to alert channels. */
  alertSender: Pick<AlertSender, "test">;
  /** The event streams that are open on this instance. */
  streams: OpenStreams;
  /** Ends the open streams and exports whose session or key does not stand any more. */
  credentials: CredentialWatch;
  /** Meta's answers about commerce settings. */
  commerce: RecentReplies;
  /** From where a request comes, behind the trusted proxies. */
  addressOf: ClientAddress;
  /** Runs what leaves a line in the audit. */
  acts: ActRecorder;
  /** The guard against guessed keys. */
  keyGuard: KeyGuard;
  /** How many requests each key and person may send; null: as many as they like. */
  quotas: RequestQuotas | null;
  /** How many sign-ins each network may begin without anybody being known. */
  signInStarts: RequestQuotas;
  hasher: PasswordHasher;
  /** The guard against guessed passwords and codes. */
  signInGuard: SignInGuard;
  /** The memory that bodies of unauthenticated callers may use. */
  openRouteBytes: UnknownBytes;
  /** SHA-256 of METRICS_TOKEN; null when there is none. */
  metricsTokenHash: Buffer | null;
  /** The background loops and their state, for /readyz. */
  loopsOf(): LoopState[];
  /** Whether the start is complete. In the sandbox the channel keys come last. */
  isOpen(): boolean;
  /** Aborted when the server stops, which ends the streams. */
  stopping: AbortSignal;
}

/** Links as people follow them: from id to address and back. */
export interface LinkAddresses {
  /** The whole address of a link. Anyone with it can open the page, so it is never logged. */
  urlOf(linkId: string): string;
  /** The address below ours, for the page's own forms. */
  pathOf(linkId: string): string;
  /** The link's id, or null when the token is not ours. */
  parse(token: string): string | null;
}

/** The part of the configuration that the API shows or uses. */
export interface HttpSettings {
  version: string;
  mode: "enforce" | "observe";
  /** Whether people may sign in with a password. */
  passwords: boolean;
  /** Whether a password alone is enough for more than adding a second factor. */
  secondFactor: "optional" | "required";
  partnerName: string;
  partnerBusinessId: string;
  /** Without a slash at the end; null when it is not set. */
  publicUrl: string | null;
  businessSuiteUrl: string;
  /** The version of Embedded Signup in use: "v4". */
  signupVersion: string;
  brand: Brand;
  /** The key that the Hub's sign-in form is prefilled with; null outside the sandbox. */
  sandbox: { apiKey: string; emulatorUrl: string } | null;
  /** The folder of the built Hub. */
  hubDir: string;
}
