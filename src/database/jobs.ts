import type { Clock } from "../lib/clock.ts";
import type { Database } from "./database.ts";

/**
 * Ordinary jobs: what must be done now and then, once, whichever instance does it. pg-boss keeps them in a schema of its own, on
 * PostgreSQL and on the embedded database. It knows the wall clock only, so what follows a sandbox's clock is a loop instead.
 */
export interface Jobs {
  /** Makes the queue, and lets this instance take its jobs. One that rejects is tried again twice. */
  work(name: string, run: () => Promise<void>): Promise<void>;
  /** Puts a job into the queue by a cron expression, in UTC; however many instances say so, each occurrence comes once. */
  schedule(name: string, cron: string): Promise<void>;
  /** Puts one job into the queue. */
  send(name: string): Promise<void>;
  /** Lets what runs end, 10 s at most, and takes no more. */
  stop(): Promise<void>;
}

export interface JobsDeps {
  db: Database;
  /** Told of jobs that failed, and of the database not answering. */
  failed(error: unknown): void;
  /** How often queues are looked at, in seconds; half a second at least. */
  pollS?: number;
}

const POLL_S = 30;
const STOP_WITHIN_MS = 10_000;
const HOUR_S = 3600;

/** Opens pg-boss. The first time it makes its schema, which takes about a second on the embedded database. */
export async function openJobs({ db, failed, pollS = POLL_S }: JobsDeps): Promise<Jobs> {
  // Loaded when needed: a start that is over before it needs no queue.
  const { PgBoss } = await import("pg-boss");
  const boss = new PgBoss({
    db: { executeSql: (text, values) => executeSql(db, text, values) },
    backend: db.kind === "embedded" ? "pglite" : "postgres",
    // Parts that we do not use look at the database as seldom as they may.
    flowIntervalSeconds: HOUR_S,
    bamIntervalSeconds: HOUR_S,
    registerInstance: false,
    monitorVacuum: false,
    reindex: false,
  });
  boss.on("error", failed);
  await boss.start();
  return {
    async work(name, run) {
      await boss.createQueue(name);
      await boss.work(name, { pollingIntervalSeconds: pollS }, () =>
        run().catch((error: unknown) => {
          failed(error);
          throw error;
        }),
      );
    },
    schedule: (name, cron) => boss.schedule(name, cron),
    send: async (name) => void (await boss.send(name, {})),
    stop: () => boss.stop({ graceful: true, timeout: STOP_WITHIN_MS }),
  };
}

/**
 * pg-boss writes whole transactions as one text. Sent like that, a statement that fails would leave the connection inside the
 * transaction, and the embedded database has but one; so its frame is taken off, and ours opens and ends it.
 */
const TRANSACTION = /^\s*BEGIN;([\s\S]*)COMMIT;\s*$/;

async function executeSql(db: Database, text: string, values: unknown[] = []): Promise<{ rows: object[] }> {
  const body = TRANSACTION.exec(text)?.[1];
  if (body === undefined) return { rows: await db.query(text, values) };
  return { rows: await db.transaction((tx) => tx.query(body)) };
}

/** A job and when it comes: by a cron expression, in UTC. */
export interface PlannedJob {
  name: string;
  cron: string;
  run(): Promise<void>;
}

/** Jobs wait until the start is long over: the first minute belongs to those who wait for the house to stand. */
const BEGIN_AFTER_MS = 60_000;

/** Works on all `planned` jobs a while after the start, and tries again when the database does not let it. */
export function startJobs(
  deps: JobsDeps & { clock: Pick<Clock, "pause"> },
  planned: readonly PlannedJob[],
  beginAfterMs = BEGIN_AFTER_MS,
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const live = async (): Promise<Jobs | null> => {
    for (;;) {
      await deps.clock.pause(beginAfterMs, stopping.signal);
      if (stopping.signal.aborted) return null;
      const opened = await openPlanned(deps, planned);
      if (opened !== null) return opened;
    }
  };
  const living = live();
  return {
    async stop() {
      stopping.abort();
      await (await living)?.stop();
    },
  };
}

async function openPlanned(deps: JobsDeps, planned: readonly PlannedJob[]): Promise<Jobs | null> {
  let jobs: Jobs | null = null;
  try {
    jobs = await openJobs(deps);
    for (const { name, cron, run } of planned) {
      await jobs.work(name, run);
      await jobs.schedule(name, cron);
    }
    return jobs;
  } catch (error) {
    deps.failed(error);
    await jobs?.stop().catch(deps.failed);
    return null;
  }
}
