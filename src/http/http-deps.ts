import type { Logger } from "pino";
import type { Database } from "../database/database.ts";
import type { Clock } from "../lib/clock.ts";
import type { Random } from "../lib/random.ts";
import type { GraphClient } from "../meta/graph-client.ts";
import type { Metrics } from "./metrics.ts";

/** What the API needs from the rest of the house; built once in app.ts. */
export interface HttpDeps {
  db: Database;
  clock: Clock;
  random: Random;
  log: Logger;
  settings: HttpSettings;
  metrics: Metrics;
}

/** The part of the configuration that the API tells or uses. */
export interface HttpSettings {
  version: string;
}

export type Role = "viewer" | "operator" | "admin";
export interface Actor {
  id: string;
  name: string;
  role: Role;
}
export type { GraphClient };
