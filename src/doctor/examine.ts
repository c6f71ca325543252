import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Env } from "../config/option.ts";
import { ConfigError, parseConfig, type Config } from "../config/parse-config.ts";
import { findDataDirHolder } from "../database/data-dir-lock.ts";
import type { Database } from "../database/database.ts";
import { openDatabase } from "../database/open-database.ts";
import type { Clock } from "../lib/clock.ts";
import type { Random } from "../lib/random.ts";
import { createGraphClient } from "../meta/graph-client.ts";
import type { GraphReply } from "../meta/graph-reply.ts";
import { readSharedWabas, type Listing } from "../sharing/walk-listing.ts";
import type { Check, Examination } from "./check.ts";
import { CHECKS } from "./checks.ts";
import { skippedFinding, speakerOf, type CheckId, type Finding } from "./finding.ts";

interface Outside {
  env: Env;
  clock: Clock;
  random: Random;
}

/** Walks the list of docs/guides/going-live.md, in its order, and says how to mend each point. Changes nothing anywhere. */
export async function examine({ env, clock, random }: Outside): Promise<Finding[]> {
  let config: Config;
  try {
    config = parseConfig(env, "serve");
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const says = speakerOf("settings");
    const faults = error.faults.map((fault) => says("bad", "fault", { fault }));
    return [...faults, ...CHECKS.slice(1).map(({ id }) => skippedFinding(id, ["settings"]))];
  }
  const { examination, close } = openExamination(config, clock, random);
  try {
    const walk = new Walk(examination);
    const findings: Finding[] = [];
    for (const check of CHECKS) findings.push(await walk.find(check.id));
    return findings;
  } finally {
    await close();
  }
}

/** Each check once, after what it needs: the list is in the order of doing, in which a portfolio comes before the token that reads it. */
class Walk {
  readonly #examination: Examination;
  readonly #found = new Map<CheckId, Promise<Finding>>();
  readonly #blocked = new Set<CheckId>();

  constructor(examination: Examination) {
    this.#examination = examination;
  }

  find(id: CheckId): Promise<Finding> {
    const known = this.#found.get(id) ?? this.#examine(id);
    this.#found.set(id, known);
    return known;
  }

  async #examine(id: CheckId): Promise<Finding> {
    const check = CHECKS.find((candidate) => candidate.id === id) as Check;
    const lacking: CheckId[] = [];
    for (const need of check.needs) if (await this.#isObstacle(need)) lacking.push(need);
    if (lacking.length === 0) return check.run(this.#examination);
    this.#blocked.add(id);
    return skippedFinding(id, lacking);
  }

  /** A check that skips itself, as where a running Sharekeeper has the database, stands in nobody's way. */
  async #isObstacle(id: CheckId): Promise<boolean> {
    return (await this.find(id)).state === "bad" || this.#blocked.has(id);
  }
}

function openExamination(
  config: Config,
  clock: Clock,
  random: Random,
): { examination: Examination; close(): Promise<void> } {
  const { metaGraphUrl: graphUrl, metaGraphVersion: graphVersion, metaAppSecret: appSecret } = config;
  const graph = createGraphClient({ graphUrl, graphVersion, clock, appSecret });
  const appToken = `${config.metaAppId}|${appSecret}`;
  const ask: Examination["ask"] = (path, query = {}, as = "system user"): Promise<GraphReply> => {
    const token = as === "app" ? appToken : config.metaSystemUserToken;
    return graph.ask({ method: "GET", path, query, token });
  };
  let opened: Promise<Database | null> | undefined;
  let listed: Promise<Listing> | undefined;
  const account = {
    connectionId: "default",
    businessId: config.partnerBusinessId,
    appId: config.metaAppId,
    systemUserId: config.metaSystemUserId,
    token: config.metaSystemUserToken,
    graph,
  };
  const examination: Examination = {
    config,
    clock,
    random,
    ask,
    database: () => (opened ??= openKnownDatabase(config)),
    sharedWabas: () => (listed ??= readSharedWabas(account)),
  };
  const close = async (): Promise<void> => {
    await graph.close();
    await (await opened?.catch(() => null))?.close();
  };
  return { examination, close };
}

/** Opening the embedded database makes it when it is not there, and locks out whoever holds it: neither is a doctor's business. */
async function openKnownDatabase(config: Config): Promise<Database | null> {
  if (config.databaseUrl !== undefined) return openDatabase(config);
  const { dataDir } = config;
  if (findDataDirHolder(dataDir) !== null || !existsSync(join(dataDir, "database"))) return null;
  return openDatabase(config);
}
