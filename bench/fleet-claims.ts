/**
 * The cost of claiming the next probes when a whole fleet is due: whether PostgreSQL reads more than their
 * index entries.
 */
import { leaseFrom } from "../src/database/lease.ts";
import type { Database } from "../src/database/database.ts";
import { systemClock } from "../src/lib/clock.ts";
import { claimDueShares } from "../src/sharing/record/share-store.ts";
import { at, type Report } from "./fleet-figures.ts";

interface Plan {
  "Node Type": string;
  "Index Name"?: string;
  "Relation Name"?: string;
  "Shared Hit Blocks": number;
  "Shared Read Blocks": number;
  Plans?: Plan[];
}

interface Explained {
  Plan: Plan;
  "Execution Time": number;
}

const CLAIMS = 40;
/** As many as the sweep has under way at once (sweep-shares.ts). */
const PROBES = 12;
const YEAR_MS = 365 * 86_400_000;

export async function measureClaims(db: Database, report: Report): Promise<void> {
  const plans: Explained[] = [];
  const explaining: Database = {
    ...db,
    async query(text, values) {
      const [row] = await db.query<{ "QUERY PLAN": Explained[] }>(
        `explain (analyze, buffers, format json) ${text}`,
        values,
      );
      plans.push(...(row?.["QUERY PLAN"] ?? []));
      return [];
    },
  };
  // A year from now every probe of the fleet is due; a claimed WABA stays leased, as while it is probed.
  const now = systemClock.now() + YEAR_MS;
  const claim = { lease: leaseFrom(now, 30_000), limit: PROBES };
  for (let nth = 0; nth < CLAIMS; nth += 1) await claimDueShares(explaining, "sweep", claim);
  await db.query("update share set probing_until = null where probing_until is not null");
  const nodes = plans.flatMap(({ Plan: plan }) => nodesOf(plan));
  const times = plans.map((plan) => plan["Execution Time"]);
  const pages = plans.map(({ Plan: plan }) => plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]);
  report("claiming 12 probes, all are due, p50 / p99 ms", `${at(times, 0.5)} / ${at(times, 0.99)}`);
  report("claiming 12 probes, pages touched, p50 / p99", `${at(pages, 0.5)} / ${at(pages, 0.99)}`);
  report("claiming 12 probes, indexes used", namesOf(nodes, "Index Name"));
  const wholeTable = nodes.filter((node) => node["Node Type"] === "Seq Scan");
  report("claiming 12 probes, tables read whole", namesOf(wholeTable, "Relation Name") || "none");
}

const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];

const namesOf = (nodes: readonly Plan[], key: "Index Name" | "Relation Name"): string =>
  [...new Set(nodes.flatMap((node) => node[key] ?? []))].join(", ");
