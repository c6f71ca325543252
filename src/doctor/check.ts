import type { Config } from "../config/parse-config.ts";
import type { Database } from "../database/database.ts";
import type { Clock } from "../lib/clock.ts";
import type { Random } from "../lib/random.ts";
import type { GraphReply } from "../meta/graph-reply.ts";
import type { Listing } from "../sharing/reconcile/reconcile-shared.ts";
import type { CheckId, Finding } from "./finding.ts";

/** What the checks use. A question that several of them need is asked once. */
export interface Examination {
  config: Config;
  clock: Clock;
  random: Random;
  /** Rejects with StartError. Null: the embedded database is in use, or not yet made. */
  database(): Promise<Database | null>;
  /** A question to Meta with the system user's token, or with the app's own. */
  ask(path: string, query?: Record<string, string>, as?: "system user" | "app"): Promise<GraphReply>;
  /** Every WABA that Meta lists as shared with the portfolio. */
  sharedWabas(): Promise<Listing>;
}

/** One point of the list. `needs`: the checks that must not be bad before this one runs. */
export interface Check {
  id: CheckId;
  needs: readonly CheckId[];
  run(examination: Examination): Promise<Finding>;
}
