import { lookup as lookUp, type LookupAddress } from "node:dns";
import type { IncomingHttpHeaders } from "node:http";
import { Agent } from "undici";
import type { Clock } from "../lib/clock.ts";
import { startStopwatch } from "../lib/stopwatch.ts";
import type { AllowedNetworks } from "./allowed-networks.ts";
import { ADDRESS_NOT_ALLOWED, judgeAnswer, outcomeOfError, type Judged } from "./judge-answer.ts";

export interface WebhookRequest {
  url: string;
  headers: Record<string, string>;
  body: string;
}

/** One attempt, as it is logged. */
export interface Attempt extends Judged {
  /** ms since the epoch. */
  at: number;
  tookMs: number;
  /** Null: no answer came. */
  status: number | null;
  detail: string | null;
  answerHeaders: Record<string, string> | null;
  /** Its beginning. */
  answerBody: string | null;
}

/** Sends events to receivers that nobody vouches for. */
export interface WebhookWire {
  /** One attempt. Never throws, follows no redirect, reads no more of the answer than is logged. */
  send(request: WebhookRequest): Promise<Attempt>;
  close(): Promise<void>;
}

export interface WebhookWireOptions {
  clock: Clock;
  networks: AllowedNetworks;
  /** From the first byte to the last of the answer; default 15 s. */
  timeoutMs?: number;
  /** In place of the system's resolver, for tests. */
  resolve?: Resolve;
}

type Resolve = (
  host: string,
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

const TIMEOUT_MS = 15_000;
const LOGGED_BYTES = 4096;
const LOGGED_HEADERS = 30;
const KEEP_ALIVE_MS = 4000;

/**
 * The wire has no limit of connections to one address: the deliverer bounds what is under way for each
 * endpoint, and one that hangs must not hold up another at the same address.
 */
export function openWebhookWire(options: WebhookWireOptions): WebhookWire {
  const { clock, networks, timeoutMs = TIMEOUT_MS, resolve = resolveAll } = options;
  const agentOf = (mayGoTo: (address: string) => boolean): Agent =>
    new Agent({
      connect: { lookup: guardedLookup(mayGoTo, resolve), timeout: timeoutMs },
      keepAliveTimeout: KEEP_ALIVE_MS,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      maxHeaderSize: 16_384,
    });
  // Plain http goes to allowed networks alone.
  const agents = { "https:": agentOf(networks.admits), "http:": agentOf(networks.holds) };
  return {
    async send(request) {
      const at = clock.now();
      const elapsedMs = startStopwatch();
      const took = () => ({ at, tookMs: Math.round(elapsedMs()) });
      try {
        const url = new URL(request.url);
        // An address in the URL is never looked up, so it is judged here.
        const why = networks.faultOf(url);
        if (why !== null) throw new AddressError(`${why}: ${RULE}`);
        const agent = agents[url.protocol === "http:" ? "http:" : "https:"];
        const { statusCode, headers, body } = await agent.request({
          origin: url.origin,
          path: url.pathname + url.search,
          method: "POST",
          headers: request.headers,
          body: request.body,
          signal: AbortSignal.timeout(timeoutMs),
        });
        const answerHeaders = headersOf(headers);
        const judged = judgeAnswer(statusCode, answerHeaders, clock.now());
        const answerBody = await beginningOf(body);
        return { ...took(), ...judged, status: statusCode, detail: null, answerHeaders, answerBody };
      } catch (error) {
        return { ...took(), ...failureOf(error), status: null, answerHeaders: null, answerBody: null };
      }
    },
    async close() {
      await Promise.all(Object.values(agents).map((agent) => agent.destroy()));
    },
  };
}

class AddressError extends Error {
  readonly code = ADDRESS_NOT_ALLOWED;
}

const resolveAll: Resolve = (host, done) => lookUp(host, { all: true }, done);

type LookupDone = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number,
) => void;

/**
 * The address is judged when the connection is made, and the connection goes to the address that was judged:
 * a name whose address changes between check and use reaches nothing.
 */
function guardedLookup(mayGoTo: (address: string) => boolean, resolve: Resolve) {
  return (host: string, options: { all?: boolean | undefined }, done: LookupDone): void =>
    resolve(host, (error, addresses) => {
      if (error !== null) return done(error, []);
      const refused = addresses.find(({ address }) => !mayGoTo(address));
      const [first] = addresses;
      if (refused !== undefined || first === undefined)
        return done(new AddressError(`${host} is at ${refused?.address ?? "no address"}: ${RULE}`), []);
      if (options.all === true) done(null, addresses);
      else done(null, first.address, first.family);
    });
}

const RULE = "https goes to public addresses, and all else to those of WEBHOOK_ALLOWED_NETWORKS";

function headersOf(headers: IncomingHttpHeaders): Record<string, string> {
  const all = Object.entries(headers).slice(0, LOGGED_HEADERS);
  return Object.fromEntries(
    all.map(([name, value]) => [name, String(Array.isArray(value) ? value.join(", ") : value).slice(0, 500)]),
  );
}

/** The beginning of the answer; the rest is not read, and one that breaks off is no failure. */
async function beginningOf(body: AsyncIterable<Buffer> & { destroy(): void }): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= LOGGED_BYTES) break;
    }
  } catch {
    // The status counts.
  } finally {
    body.destroy();
  }
  // PostgreSQL's text holds no zero bytes.
  return Buffer.concat(chunks).subarray(0, LOGGED_BYTES).toString().replaceAll("\0", "\uFFFD");
}

function failureOf(error: unknown): Judged & { detail: string } {
  const isTimeout = error instanceof DOMException && error.name === "TimeoutError";
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = codeOf(error) ?? codeOf(cause);
  return {
    ...{ control: "none", wishMs: 0, outcome: isTimeout ? "timeout" : outcomeOfError(code) },
    detail: (cause instanceof Error ? cause.message : String(cause)).slice(0, 500),
  };
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
