import { z } from "@hono/zod-openapi";
import { STATUS_ROWS, statusLineOf } from "../../../sharing/status/status.ts";
import type { StatusCount } from "../../../sharing/status/status-tally.ts";
import { isoOf } from "../wabas/render-waba.ts";
import { defineRoute, type Route } from "../../kit/route.ts";
import { Instant, Lamp, STATUSES } from "../wabas/waba-schema.ts";

const Count = z.int().min(0);

const Overview = z
  .object({
    as_of: Instant,
    counts: z
      .object({ total: Count, live: Count, client: Count, provider: Count, meta: Count, nobody: Count })
      .openapi({
        description: "`client`, `provider` and `meta` count the WABAs that are not live, by who must act.",
      }),
    sending: z
      .object({
        refused_by_token: z.object({ wabas: Count, numbers: Count }),
        unverified: z.object({ wabas: Count, numbers: Count }),
      })
      .openapi({
        description:
          "Messages while nothing can be proven: refused because our own token is dead, or still sending although unverified.",
      }),
    by_status: z.array(
      z.object({
        status: z.enum(STATUSES),
        status_label: z.string(),
        status_line: z.string(),
        lamp: Lamp,
        count: Count,
      }),
    ),
  })
  .openapi("Overview");

const overview = defineRoute({
  method: "GET",
  path: "/api/v1/overview",
  who: "viewer",
  name: "getOverview",
  group: "WABAs",
  summary: "How many WABAs are live, and who must act for the others",
  answer: { status: 200, description: "The figures as of now.", schema: Overview },
  problems: [],
  audit: null,
  async handle({ deps: { gate, clock } }) {
    // A reader who has seen an event finds its change counted here.
    await gate.follow();
    const rows = gate.statusCounts();
    const { refusedByToken: refused_by_token, unverified } = gate.sendingCounts();
    return {
      as_of: isoOf(clock.now()),
      counts: countsOf(rows),
      sending: { refused_by_token, unverified },
      by_status: byStatusOf(rows),
    };
  },
});

function countsOf(rows: readonly StatusCount[]): z.input<typeof Overview>["counts"] {
  const sum = (of: readonly StatusCount[]): number => of.reduce((total, row) => total + row.count, 0);
  const isLive = (row: StatusCount): boolean => row.status === "live";
  const waitsOn = (who: string): number => sum(rows.filter((row) => !isLive(row) && row.who === who));
  return {
    total: sum(rows),
    live: sum(rows.filter(isLive)),
    client: waitsOn("client"),
    provider: waitsOn("provider"),
    meta: waitsOn("meta"),
    nobody: waitsOn("nobody"),
  };
}

function byStatusOf(rows: readonly StatusCount[]): z.input<typeof Overview>["by_status"] {
  return STATUS_ROWS.map((row) => ({
    status: row.status,
    status_label: row.label,
    status_line: statusLineOf(row),
    lamp: row.lamp,
    count: rows
      .filter((figure) => figure.status === row.status)
      .reduce((total, figure) => total + figure.count, 0),
  })).filter((figure) => figure.count > 0);
}

export const overviewRoutes: Route[] = [overview];
