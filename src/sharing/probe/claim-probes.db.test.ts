import { leaseFrom } from "../../database/lease.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { testDatabase, type TestDatabase } from "../../../test/support/database.ts";
import type { Database } from "../../database/database.ts";
import { claimDueShares, findNextProbeAt } from "../record/share-store.ts";

let own: TestDatabase;

/** A fleet of due shares, each row as large as a real one. */
const FLEET = `
  insert into connection values ('default','1','2','3','v25.0','{}',null,'enforce');
  insert into client (id, connection_id, name) values ('cli_1','default','c');
  insert into asset (id, connection_id, client_id, name, created_at)
    select 'ast_'||i, 'default', 'cli_1', 'w', now() from generate_series(1, 5000) i;
  insert into share (asset_id, connection_id, record, kind, status, severity, who_must_act, since,
    next_probe_at, urgent_probe_at)
    select 'ast_'||i, 'default', jsonb_build_object('filled', repeat('x', 1000)), 'platform', 'live', 8,
      'nobody', now(),
      to_timestamp(i), case when i % 10 = 0 then to_timestamp(i) end
    from generate_series(1, 5000) i;
  analyze share`;

beforeEach(async () => {
  own = await testDatabase();
  await own.db.query(FLEET);
});
afterEach(() => own.drop());

/** Returns the plan of every statement instead of its rows. */
function explaining(db: Database): { db: Database; plans: string[] } {
  const plans: string[] = [];
  const query: Database["query"] = async (text, values) => {
    const rows = await db.query<{ "QUERY PLAN": string }>(`explain ${text}`, values);
    plans.push(rows.map((row) => row["QUERY PLAN"]).join("\n"));
    return [];
  };
  return { db: { ...db, query }, plans };
}

test.each([
  ["sweep", "share_due"],
  ["urgent", "share_urgent"],
] as const)(
  "taking the next probes of the %s queue enters its index, and reads no table whole",
  async (queue, index) => {
    const { db, plans } = explaining(own.db);
    const now = Date.UTC(2026, 0, 1);
    await claimDueShares(db, queue, { lease: leaseFrom(now, 30_000), limit: 12 });
    await findNextProbeAt(db, queue);
    expect(plans).toHaveLength(2);
    for (const plan of plans) {
      expect(plan).toContain(index);
      expect(plan).not.toContain("Seq Scan");
    }
  },
);
