import type { Clock } from "../lib/clock.ts";
import type { Database } from "./database.ts";

/**
 * Ordinary jobs: periodic work that one of the instances does, once. pg-boss keeps the jobs in its own
 * schema, on PostgreSQL and on the embedded database. It knows the wall clock only, so what follows a
 * sandbox's clock is a loop instead.
 */
export interface Jobs {
  /** Creates the queue and runs its jobs in this instance. A job that rejects is tried again twice. */
  work(name: string, run: () => Promise<void>): Promise<void>;
  /**
   * Schedules a job by a cron expression, in UTC. Each occurrence runs once, also when several instances
   * schedule it.
   */
  schedule(name: string, cron: string): Promise<void>;
  /** Puts one job into the queue. */
  send(name: string): Promise<void>;
  /** Waits at most 10 s for running jobs, and starts no more. */
  stop(): Promise<void>;
}

export interface JobsDeps {
  db: Database;
  /** Called for jobs that failed, and when the database does not answer. */
  failed(error: unknown): void;
  /** How often queues are polled, in seconds; at least half a second. */
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
    // The parts that we do not use poll the database as rarely as pg-boss allows.
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
 * pg-boss writes whole transactions as one text. Sent like that, a statement that fails would leave the
 * connection inside the transaction, and the embedded database has but one; so its frame is taken off, and
 * ours opens and ends it.
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

/** Jobs begin a minute after the start, so that they do not slow it down. */
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
