import type { Sql } from "../database/database.ts";

/** What the database says of this Sharekeeper's own state. Instants: ms since the epoch. */
export interface OwnReadings {
  /** Losses of the last day: those that Meta announced, and those that only a probe found. */
  losses: { announced: number; probed: number };
  /** The due probe that has waited longest; null: none is scheduled. */
  longestDueAt: number | null;
  endpoints: { id: string; url: string; since: number; isDisabled: boolean }[];
  channels: { id: string; name: string; since: number }[];
  /** Messages to clients that a mail server has put off more than once. */
  deferredMail: { count: number; since: number | null };
  /** When the data key that seals was made; null: there is none. */
  dataKeyAt: number | null;
}

interface Row {
  announced: number;
  probed: number;
  due: Date | null;
  deferred: number;
  deferred_since: Date | null;
  data_key_at: Date | null;
}

interface Failing {
  id: string;
  name: string;
  since: Date;
  disabled: boolean;
}

const DAY_MS = 86_400_000;

/** All readings, at the instant `now`. */
export async function readOwnReadings(sql: Sql, now: number): Promise<OwnReadings> {
  const [row] = await sql.query<Row>(
    `select
       (select count(*)::int from episode where closed_at > $1 and how = 'announced') as announced,
       (select count(*)::int from episode where closed_at > $1 and how = 'probed' and condition = 'Shared'
         and (outcome is null or outcome = 'reopened')) as probed,
       (select min(next_probe_at) from share where next_probe_at is not null) as due,
       (select count(*)::int from client_message where state = 'pending' and attempt_count > 1) as deferred,
       (select min(planned_at) from client_message where state = 'pending' and attempt_count > 1)
         as deferred_since,
       (select created_at from data_key where state = 'current') as data_key_at`,
    [new Date(now - DAY_MS)],
  );
  const endpoints = await sql.query<Failing>(
    `select id, url as name, coalesce(failing_since, created_at) as since, state = 'disabled' as disabled
     from webhook_endpoint
     where state <> 'paused' and (failing_since is not null or disabled_why in ('failing', 'gone'))
     order by id`,
  );
  const channels = await sql.query<Failing>(
    `select id, name, failing_since as since, false as disabled from alert_channel
     where state = 'enabled' and failing_since is not null order by id`,
  );
  return {
    losses: { announced: row?.announced ?? 0, probed: row?.probed ?? 0 },
    longestDueAt: row?.due?.getTime() ?? null,
    endpoints: endpoints.map(({ id, name, since, disabled }) => ({
      ...{ id, url: name, since: since.getTime(), isDisabled: disabled },
    })),
    channels: channels.map(({ id, name, since }) => ({ id, name, since: since.getTime() })),
    deferredMail: { count: row?.deferred ?? 0, since: row?.deferred_since?.getTime() ?? null },
    dataKeyAt: row?.data_key_at?.getTime() ?? null,
  };
}
