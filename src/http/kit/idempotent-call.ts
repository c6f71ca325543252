/**
 * A call that was sent with an Idempotency-Key, so that its sender may send it again without doing it twice.
 *
 * - The first request claims the key: a row with a random token, until an instant. A request that finds the
 *   claim of another one is told to come back.
 * - The transaction with the act's line in the audit also says in the row that the request has acted, and
 *   only commits while the claim is still its own. So of two requests, on any instances, one acts.
 * - The answer is kept for 24 hours, sealed, as it may hold a key or a link. Answers after which the sender
 *   should try again are not kept.
 * - When an instance dies, its claim ends. If the request had not acted, the next one runs; if it had, nobody
 *   knows its answer, and the next one is told so. An error that nobody expected counts as such a death.
 *
 * Instants are those of the wall clock: the sandbox's clock must not forget answers.
 */
import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import { z } from "zod";
import type { Tx } from "../../database/database.ts";
import { laterProblem, Problem, PROBLEMS, renderProblem } from "../../problems.ts";
import type { HttpDeps } from "./http-deps.ts";
import {
  claimKey,
  insertKey,
  lockKey,
  releaseKey,
  saveActed,
  saveAnswer,
  type Claim,
  type KeyPlace,
  type KnownRequest,
  type SealedRequest,
} from "./idempotency-key-store.ts";
import type { CallAct } from "./route.ts";

export const KEY_HEADER = "Idempotency-Key";
export const REPLAYED_HEADER = "Idempotency-Replayed";
export const LONGEST_KEY = 255;
export const ANSWERS_KEPT_MS = 24 * 3600 * 1000;
/** Longer than any call takes. */
const CLAIM_MS = 120_000;
const COME_BACK_MS = 2_000;
/** Of an answer that is kept. */
const MOST_BYTES = 256 * 1024;
/** The sender corrects such a request, or sends it again later, under the same key. */
export const NOT_KEPT: ReadonlySet<number> = new Set([400, 401, 403, 429]);
const KEPT_HEADERS = ["content-type", "etag", "location"];

const Answer = z.object({
  status: z.int(),
  headers: z.array(z.tuple([z.string(), z.string()])),
  body: z.string().nullable(),
});
type Answer = z.infer<typeof Answer>;
const Sealed = z.object({ asked: z.string(), answer: Answer.optional() });
type Sealed = z.infer<typeof Sealed>;

export type IdempotencyDeps = Pick<HttpDeps, "db" | "keyring" | "random" | "wallClock" | "log">;

/** What makes a repeated request the same one. */
export interface Asked {
  request: Request;
  actorId: string;
  /** The JSON that was sent; undefined when the call takes none. */
  body: unknown;
}

/** Holds state: the claim, between the beginning of a call and its end. */
export class IdempotentCall {
  readonly #deps: IdempotencyDeps;
  #held: { place: KeyPlace; token: Buffer; asked: string } | null = null;

  constructor(deps: IdempotencyDeps) {
    this.#deps = deps;
  }

  /**
   * Claims the key that was sent. Returns the kept answer when the request was done before; undefined when it
   * is to be done now.
   *
   * @throws Problem invalid_request, idempotency_key_reused, idempotency_in_progress, idempotency_answer_lost
   */
  async begin(sent: Asked, act: Pick<CallAct, "alongside" | "repeats">): Promise<Response | undefined> {
    const key = parseKey(sent.request.headers.get(KEY_HEADER));
    if (key === null) return undefined;
    const place = { actorId: sent.actorId, keyHash: createHash("sha256").update(key).digest() };
    const asked = fingerprintOf(sent);
    const token = this.#deps.random.bytes(16);
    const answer = await this.#claim(place, token, asked);
    if (answer !== undefined) {
      act.repeats();
      return replayOf(answer);
    }
    this.#held = { place, token, asked };
    act.alongside(async (tx) => {
      if (!(await saveActed(tx, place, token))) throw laterProblem("idempotency_in_progress", COME_BACK_MS);
    });
    return undefined;
  }

  /** Keeps the answer of a call that is done. */
  async keep(response: Response): Promise<void> {
    if (this.#held === null) return;
    const headers = [...response.headers].filter(([name]) => KEPT_HEADERS.includes(name));
    const body = response.body === null ? null : await response.clone().text();
    await this.#end({ status: response.status, headers, body });
  }

  /** Keeps the refusal of a call, or lets it be sent again. */
  async keepRefusal(error: unknown, requestId: string): Promise<void> {
    if (!(error instanceof Problem)) return this.#end(null);
    const body = JSON.stringify(renderProblem(error, requestId));
    const headers: [string, string][] = [["content-type", "application/problem+json"]];
    await this.#end({ status: PROBLEMS[error.code].status, headers, body });
  }

  /**
   * `answer`: null after an error that nobody expected. A failure here must not hide the answer: the claim
   * ends by itself.
   */
  async #end(answer: Answer | null): Promise<void> {
    if (this.#held === null) return;
    const { db, log } = this.#deps;
    const { place, token, asked } = this.#held;
    try {
      if (answer === null) await releaseKey(db, place, token, true);
      else if (!isKept(answer)) return await releaseKey(db, place, token);
      const isSmall = Buffer.byteLength(answer?.body ?? "") <= MOST_BYTES;
      await saveAnswer(db, place, token, answer && isSmall ? this.#seal(place, { asked, answer }) : null);
    } catch (error) {
      log.error({ err: error, actor: place.actorId }, "could not keep the answer to an Idempotency-Key");
    }
  }

  async #claim(place: KeyPlace, token: Buffer, asked: string): Promise<Answer | undefined> {
    const now = this.#deps.wallClock.now();
    const claim = { token, until: now + CLAIM_MS };
    const row = { claim, request: this.#seal(place, { asked }), now, forgottenBefore: now - ANSWERS_KEPT_MS };
    return this.#deps.db.transaction(async (tx) => {
      if (await insertKey(tx, place, row)) return undefined;
      const known = await lockKey(tx, place);
      // Released between the two statements: the sender's next try finds no row.
      if (known === undefined) throw laterProblem("idempotency_in_progress", COME_BACK_MS);
      return this.#takeOver(tx, { place, claim, known, asked, now });
    });
  }

  /** The kept answer; or undefined, with the claim taken over from a request that died before it acted. */
  async #takeOver(tx: Tx, found: Found): Promise<Answer | undefined> {
    const { place, claim, known, asked, now } = found;
    const opened = await this.#open(tx, place, known);
    if (opened.asked !== asked) throw new Problem("idempotency_key_reused");
    if (known.hasAnswer) return opened.answer;
    if (isRunning(known.claimedUntil, now)) throw laterProblem("idempotency_in_progress", COME_BACK_MS);
    if (known.hasActed) throw new Problem("idempotency_answer_lost");
    await claimKey(tx, place, claim);
    return undefined;
  }

  #seal(place: KeyPlace, sealed: Sealed): SealedRequest {
    return this.#deps.keyring.seal(contextOf(place), Buffer.from(JSON.stringify(sealed)));
  }

  async #open(tx: Tx, place: KeyPlace, { dataKeyId, sealed }: SealedRequest): Promise<Sealed> {
    const bytes = await this.#deps.keyring.open(tx, contextOf(place), { dataKeyId, sealed });
    return Sealed.parse(JSON.parse(bytes.toString()));
  }
}

interface Found {
  place: KeyPlace;
  claim: Claim;
  known: KnownRequest;
  asked: string;
  now: number;
}

const isKept = ({ status }: Answer): boolean => status < 500 && !NOT_KEPT.has(status);

/** A claim that ends much later was made before the clock was set back, and is void. */
const isRunning = (claimedUntil: number | null, now: number): boolean =>
  claimedUntil !== null && now < claimedUntil && claimedUntil <= now + 2 * CLAIM_MS;

/** Sealed bytes open only in their own row. */
const contextOf = ({ actorId, keyHash }: KeyPlace): string =>
  `idempotency:${JSON.stringify([actorId, keyHash.toString("hex")])}`;

/** The key is opaque, so that any generator of keys may be used. Null: none was sent. */
function parseKey(header: string | null): string | null {
  if (header === null || /^[\x20-\x7e]{1,255}$/.test(header)) return header;
  const faults =
    header.length > LONGEST_KEY || header === ""
      ? `The header ${KEY_HEADER} has ${header.length} characters; use 1 to ${LONGEST_KEY}`
      : `The header ${KEY_HEADER} holds a character that is not printable ASCII`;
  throw new Problem("invalid_request", { faults });
}

/** Two bodies are the same when they are the same JSON, whatever the order of their names. */
function fingerprintOf({ request, body }: Asked): string {
  const { pathname, search } = new URL(request.url);
  const text = canonicalize([request.method, pathname + search, body ?? null]) ?? "";
  return createHash("sha256").update(text).digest("hex");
}

function replayOf({ status, headers, body }: Answer): Response {
  return new Response(body, { status, headers: [...headers, [REPLAYED_HEADER, "true"]] });
}
