import type { Clock } from "../lib/clock.ts";
import { Slots } from "../lib/slots.ts";
import { startStopwatch } from "../lib/stopwatch.ts";
import { detailOf, judgeFailure } from "./judge-failure.ts";
import type { MailOutcome } from "./mail.ts";
import { openSmtpSession, type SmtpSession, type SmtpSettings } from "./open-smtp-session.ts";

interface SmtpPool {
  /** Sends with one of the connections. Never throws. */
  use(send: Send): Promise<MailOutcome>;
  close(): Promise<void>;
}

/** Resolves with the server's answer; calls `onText` before the server is given the mail's text. */
type Send = (session: SmtpSession, onText: () => void) => Promise<string>;

/** A server closes idle connections after minutes; a burst of mails needs one for seconds. */
const IDLE_MS = 5_000;
const CLOSING_MS = 5_000;

/**
 * The few connections of this instance, each kept for the mails that follow at once. A mail waits for one no
 * longer than a mail may take: a server that hangs makes nobody wait for all the mails before.
 */
export function openSmtpPool(
  settings: SmtpSettings,
  { clock, connections }: { clock: Clock; connections: number },
): SmtpPool {
  const { timeoutMs } = settings;
  const slots = new Slots(connections);
  const idle = new IdleSessions(clock);
  const stopping = new AbortController();
  const underWay = new Set<Promise<MailOutcome>>();

  const use = async (send: Send): Promise<MailOutcome> => {
    const waiting = startLimit(clock, timeoutMs, stopping.signal);
    const hasSlot = await slots.take(waiting.signal);
    waiting.end();
    if (!hasSlot)
      return deferred(stopping.signal.aborted ? STOPPED : `all ${connections} connections were busy`, 0);
    const elapsedMs = startStopwatch();
    const tookMs = (): number => Math.round(elapsedMs());
    const limit = startLimit(clock, timeoutMs, stopping.signal);
    let session: SmtpSession | undefined;
    let hasText = false;
    limit.signal.addEventListener("abort", () => session?.close(), { once: true });
    try {
      session = await idle.take((candidate) => (session = candidate));
      session ??= await openSmtpSession(settings, limit.signal);
      return {
        outcome: "sent",
        detail: detailOf(await send(session, () => (hasText = true))),
        tookMs: tookMs(),
      };
    } catch (error) {
      const cause = stopping.signal.aborted
        ? STOPPED
        : limit.signal.aborted
          ? `no answer within ${timeoutMs / 1000} s`
          : error;
      return { ...judgeFailure(cause, hasText), tookMs: tookMs() };
    } finally {
      limit.end();
      if (session?.isOpen === true) idle.keep(session);
      slots.give();
    }
  };
  return {
    use(send) {
      const sending = use(send);
      underWay.add(sending);
      void sending.finally(() => underWay.delete(sending));
      return sending;
    },
    async close() {
      const done = new AbortController();
      const patience = clock.pause(CLOSING_MS, done.signal);
      await Promise.race([Promise.all(underWay), patience]);
      done.abort();
      stopping.abort();
      await Promise.all(underWay);
      idle.close();
    },
  };
}

const STOPPED = "Sharekeeper is stopping";

const deferred = (detail: string, tookMs: number): MailOutcome => ({ outcome: "deferred", detail, tookMs });

/** Connections between two mails. */
class IdleSessions {
  readonly #clock: Clock;
  /** With what ends the wait for the next mail. */
  readonly #sessions = new Map<SmtpSession, AbortController>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** One that still answers, made ready for a mail; `onTry` gets each that is asked. */
  async take(onTry: (session: SmtpSession) => void): Promise<SmtpSession | undefined> {
    for (const [session, kept] of this.#sessions) {
      this.#sessions.delete(session);
      kept.abort();
      onTry(session);
      if (session.isOpen && (await isReady(session))) return session;
      session.close();
    }
    return undefined;
  }

  keep(session: SmtpSession): void {
    const kept = new AbortController();
    this.#sessions.set(session, kept);
    void this.#clock.pause(IDLE_MS, kept.signal).then(() => {
      if (this.#sessions.delete(session)) session.quit();
    });
  }

  close(): void {
    for (const kept of this.#sessions.values()) kept.abort();
  }
}

const isReady = (session: SmtpSession): Promise<boolean> =>
  session.reset().then(
    () => true,
    () => false,
  );

/** Aborts `signal` after `ms` of wall-clock time, or with `stopping`; `end` lets go of it. */
function startLimit(clock: Clock, ms: number, stopping: AbortSignal): { signal: AbortSignal; end(): void } {
  const over = new AbortController();
  const done = new AbortController();
  void clock.pause(ms, done.signal).then(() => {
    if (!done.signal.aborted) over.abort();
  });
  return { signal: AbortSignal.any([over.signal, stopping]), end: () => done.abort() };
}
