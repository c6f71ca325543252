import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import type { Logger } from "pino";
import { keyHashOf } from "../../access/api-key.ts";
import { oidcSettingsOf } from "../../access/oidc-settings.ts";
import { openOidcProvider } from "../../access/open-oidc-provider.ts";
import { createPasswordHasher } from "../../access/create-password-hasher.ts";
import type { SessionRules } from "../../access/session-store.ts";
import { handOverSettingsOf } from "../../access/verify-hand-over.ts";
import type { Config } from "../../config/parse-config.ts";
import type { WatchedDataKeys } from "../../credentials/watch-data-keys.ts";
import type { InboxQueue } from "../../inbox/receive-webhook.ts";
import { clientAddressBehind } from "../../lib/client-address.ts";
import { systemClock, type Clock } from "../../lib/clock.ts";
import { hostNamesOf, isOwnHost } from "../../lib/host-names.ts";
import type { LoopState } from "../../lib/loop.ts";
import { StartError } from "../../lib/start-error.ts";
import type { OpenChannelKeys } from "../../messaging/keys/open-channel-keys.ts";
import type { ObservedMessages } from "../../messaging/gateway/observed-messages.ts";
import type { AlertSender } from "../../alerting/channels/create-alert-sender.ts";
import type { Messenger } from "../../client-messages/open-messenger.ts";
import type { AllowedNetworks } from "../../delivery/allowed-networks.ts";
import type { Deliverer } from "../../delivery/deliver-webhooks.ts";
import type { ClientTokens } from "../../messaging/gateway/watch-client-tokens.ts";
import type { RefusalWatch } from "../../messaging/gateway/watch-refusals.ts";
import type { Gateway } from "../../messaging/gateway/serve-gateway.ts";
import type { SignupDeps } from "../../onboarding/signup-deps.ts";
import type { WatchedLinks } from "../../recovery/watch-reshare-links.ts";
import type { GateCache } from "../../sharing/gate/gate-cache.ts";
import { bindGateway } from "./bind-gateway.ts";
import { createApp } from "./create-app.ts";
import { verifySingleSignOn } from "./verify-single-sign-on.ts";
import { ActRecorder } from "../kit/act-recorder.ts";
import { RequestQuotas } from "../kit/request-quotas.ts";
import { STARTS_A_MINUTE } from "../kit/sign-in-starts.ts";
import { RecentReplies } from "../kit/recent-replies.ts";
import { KeyGuard } from "../kit/key-guard.ts";
import { SignInGuard } from "../kit/sign-in-guard.ts";
import { answerHeadersFor } from "../kit/security-headers.ts";
import type { HttpDeps, HttpSettings } from "../kit/http-deps.ts";
import { openJournalListener, type JournalListener } from "../kit/journal-listener.ts";
import { createMetrics, type Metrics } from "../../reports/create-metrics.ts";
import { OpenStreams } from "../kit/open-streams.ts";
import { watchCredentials, type CredentialWatch } from "../kit/watch-credentials.ts";
import { httpSettingsOf } from "./http-settings.ts";
import { linkAddressesOf } from "./link-addresses.ts";
import { createWebhookRoute } from "./receive-webhooks.ts";
import { UnknownBytes } from "../kit/unknown-bytes.ts";

export interface ServeInput extends SignupDeps {
  config: Config;
  dataKeys: WatchedDataKeys;
  world: Pick<HttpSettings, "version" | "hubDir" | "sandbox">;
  log: Logger;
  inboxQueue: InboxQueue;
  gate: GateCache;
  channelKeys: OpenChannelKeys;
  /** Cache of the clients' own tokens. */
  clientTokens: ClientTokens;
  /** What passes in observe mode. */
  observed: ObservedMessages;
  /** Takes Meta's answers to messages as evidence. */
  refusals: RefusalWatch;
  links: WatchedLinks;
  deliverer: Deliverer;
  messenger: Messenger;
  webhookNetworks: AllowedNetworks;
  alertSender: AlertSender;
  loopsOf(): LoopState[];
  /** False until the start is complete; always true when it is not given. */
  isOpen?: (() => boolean) | undefined;
  /** Given when several instances count together. */
  metrics?: Metrics;
  /** For sessions and streams: the wall clock, which the sandbox does not advance. */
  wallClock?: Clock;
}

export interface HttpServer {
  /** The actual port when PORT was 0. */
  port: number;
  /** Our own address, without a slash at the end. */
  baseUrl: string;
  /** Accepts no more connections, ends the streams, waits at most 10 s for running requests, then closes. */
  stop(): Promise<void>;
}

const DRAIN_LIMIT_MS = 10_000;
const DRAIN_STEP_MS = 20;
/**
 * The system refuses connections beyond it. Programs of many clients, browsers and event streams together
 * stay below.
 */
const MAX_CONNECTIONS = 10_000;

/**
 * One server: the gateway's hot path first, then Meta's webhooks, then everything else.
 *
 * @throws StartError when the port is not available
 */
export async function serveHttp(input: ServeInput): Promise<HttpServer> {
  const wallClock = input.wallClock ?? systemClock;
  const metrics = input.metrics ?? createMetrics(input);
  const rules = sessionRulesOf(input.config);
  const listeners = await openListeners({ ...input, clock: wallClock, rules });
  const stopping = new AbortController();
  const server: Server = createServer({ connectionsCheckingInterval: 5000 }, (request, response) =>
    listener(request, response),
  );
  const addresses = linkAddressesOf(input.config, () => portOf(server));
  const addressOf = clientAddressBehind(input.config.trustedProxies);
  const keyGuard = new KeyGuard({ db: input.db, wallClock, log: input.log, metrics, addressOf });
  const unknownBytes = new UnknownBytes(addressOf);
  const answerHeaders = answerHeadersFor(input.config.publicUrl);
  const gateway = bindGateway({
    ...input,
    keyGuard,
    answerHeaders: Object.fromEntries(answerHeaders),
    metrics,
    reshareTokens: addresses.reshareTokens,
    graphUrl: input.config.metaGraphUrl,
    graphVersion: input.config.metaGraphVersion,
    throughputLimits: input.config.throughputLimits,
    wallClock,
  });
  const webhooks = createWebhookRoute({
    ...input,
    metrics,
    queue: input.inboxQueue,
    unknownBytes,
    secretsOf: secretsOf(input.config),
  });
  const hasher = createPasswordHasher(input);
  const signInGuard = new SignInGuard({ hasher, wallClock, log: input.log, metrics, addressOf });
  const guards = { keyGuard, hasher, signInGuard };
  const openRouteBytes = new UnknownBytes(addressOf);
  const own = { wallClock, metrics, sessionRules: rules, addressOf, openRouteBytes, ...guards, ...addresses };
  const deps = depsOf(input, { ...own, ...listeners, stopping: stopping.signal });
  const app = createApp(deps);
  const isOwn = ownHostOf(input.config);
  const others = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  const listener: RequestListener = (request, response) => {
    try {
      const isNamed = isOwn(request);
      if (isNamed && gateway(request, response)) return;
      response.setHeaders(answerHeaders);
      if (!isNamed) return refuseHost(response);
      if (webhooks(request, response)) return;
      void others(request, response);
    } catch (error) {
      // An error in a request must never end the process.
      input.log.error({ err: error }, "a request failed before routing");
      response.destroy();
    }
  };
  boundConnections(server);
  try {
    await listen(server, input.config);
  } catch (error) {
    await Promise.all([gateway.close(), closeListeners(listeners)]);
    throw error;
  }
  const port = portOf(server) ?? 0;
  const verifying = input.config.passwords ? null : verifySingleSignOn(deps);
  const stop = async (): Promise<void> => {
    await stopServer({ server, gateway, listeners, stopping, wallClock });
    await verifying;
  };
  return { port, baseUrl: addresses.baseUrl(), stop };
}

const portOf = (server: Server): number | null => (server.address() as AddressInfo | null)?.port ?? null;

/** What follows the database for the streams. */
interface Listeners {
  journalListener: JournalListener;
  credentials: CredentialWatch;
}

async function openListeners(deps: Parameters<typeof watchCredentials>[0]): Promise<Listeners> {
  const journalListener = await openJournalListener(deps);
  return { journalListener, credentials: await watchCredentials(deps) };
}

async function closeListeners({ journalListener, credentials }: Listeners): Promise<void> {
  await journalListener.close();
  await credentials.close();
}

const sessionRulesOf = (config: Config): SessionRules => ({
  adminKeyHash: keyHashOf(config.adminApiKey),
  idleMs: config.sessionIdleMs,
  passwords: config.passwords,
});

function boundConnections(server: Server): void {
  server.maxConnections = MAX_CONNECTIONS;
  server.requestTimeout = 60_000;
  server.headersTimeout = 15_000;
  server.keepAliveTimeout = 65_000;
}

/** A load balancer knows no host name. The health answers hold nothing that a page could use. */
const HEALTH = /^\/(healthz|readyz)(\?|$)/;

function ownHostOf(config: Config): (request: IncomingMessage) => boolean {
  const publicHost = config.publicUrl === undefined ? [] : [new URL(config.publicUrl).hostname];
  const own = hostNamesOf(config.host, [...publicHost, ...config.allowedHosts]);
  return ({ headers, url }) => isOwnHost(own, headers.host) || HEALTH.test(url ?? "");
}

function refuseHost(response: ServerResponse): void {
  response.writeHead(421, { "Content-Type": "text/plain; charset=utf-8", Connection: "close" });
  response.end(
    "This server does not answer under the name in Host. Use the name in PUBLIC_URL, or add this one to ALLOWED_HOSTS.\n",
  );
}

function depsOf(
  input: ServeInput,
  own: Pick<
    HttpDeps,
    | "wallClock"
    | "metrics"
    | "journalListener"
    | "credentials"
    | "sessionRules"
    | "addressOf"
    | "keyGuard"
    | "hasher"
    | "signInGuard"
    | "openRouteBytes"
    | "reshareTokens"
    | "invitations"
    | "unsubscribing"
    | "baseUrl"
    | "stopping"
  >,
): HttpDeps {
  const { config, world } = input;
  const settings = httpSettingsOf(config, world);
  const { reshareLinkLifetimeMs } = config;
  const keys = {
    sessionMs: config.sessionMs,
    metricsTokenHash: config.metricsToken === undefined ? null : keyHashOf(config.metricsToken),
  };
  const isOpen = input.isOpen ?? (() => true);
  const oidcProviders = oidcSettingsOf(config).map((each) =>
    openOidcProvider(each, { clock: own.wallClock }),
  );
  return {
    ...input,
    ...own,
    oidcProviders,
    handOver: handOverSettingsOf(config),
    ...keys,
    isOpen,
    settings,
    reshareLinkLifetimeMs,
    acts: new ActRecorder({ ...input, wallClock: own.wallClock }),
    signInStarts: new RequestQuotas(STARTS_A_MINUTE),
    quotas: config.apiRateLimit === 0 ? null : new RequestQuotas(config.apiRateLimit),
    streams: new OpenStreams(),
    commerce: new RecentReplies(),
  };
}

/** The environment describes the connection `default`. */
function secretsOf(
  config: Config,
): (connectionId: string) => { verifyToken: string; appSecrets: string[] } | undefined {
  const appSecrets = [config.metaAppSecret, config.metaAppSecretPrevious].filter(
    (secret) => secret !== undefined,
  );
  const secrets = { verifyToken: config.metaWebhookVerifyToken, appSecrets };
  return (connectionId) => (connectionId === "default" ? secrets : undefined);
}

function listen(server: Server, { host, port }: Config): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(startErrorOf(error, host, port)));
    server.listen(port, host, () => {
      server.removeAllListeners("error");
      resolve();
    });
  });
}

function startErrorOf(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === "EADDRINUSE")
    return new StartError(
      `Port ${port} on ${host} is in use. Set PORT to a free port, or stop the program that uses it.`,
    );
  if (error.code === "EACCES")
    return new StartError(
      `Port ${port} needs more rights than this process has. Set PORT to a number above 1023.`,
    );
  if (error.code === "EADDRNOTAVAIL" || error.code === "ENOTFOUND")
    return new StartError(
      `${host} is not an address of this machine. Set HOST to one, or to 0.0.0.0 for all.`,
    );
  return error;
}

async function stopServer(parts: {
  server: Server;
  gateway: Gateway;
  listeners: Listeners;
  stopping: AbortController;
  wallClock: Clock;
}): Promise<void> {
  const { server, gateway, listeners, stopping, wallClock } = parts;
  const drained = new AbortController();
  server.close(() => drained.abort());
  stopping.abort();
  for (let waitedMs = 0; waitedMs < DRAIN_LIMIT_MS && !drained.signal.aborted; waitedMs += DRAIN_STEP_MS) {
    // A connection that is kept alive is idle once its answer is sent, and would wait for the next request.
    server.closeIdleConnections();
    await wallClock.pause(DRAIN_STEP_MS, drained.signal);
  }
  server.closeAllConnections();
  await gateway.close();
  await closeListeners(listeners);
}
