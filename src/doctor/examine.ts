import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Env, Option } from "../config/option.ts";
import { OPTIONS } from "../config/options.ts";
import { parseValidConfig, UnsetError, type Config } from "../config/parse-config.ts";
import { findDataDirHolder } from "../database/data-dir-lock.ts";
import type { Database } from "../database/database.ts";
import { openDatabase } from "../database/open-database.ts";
import type { Clock } from "../lib/clock.ts";
import type { Random } from "../lib/random.ts";
import { createGraphClient, type GraphClient } from "../meta/graph-client.ts";
import type { GraphReply } from "../meta/graph-reply.ts";
import { readSharedWabas, type Listing } from "../sharing/reconcile/reconcile-shared.ts";
import type { Check, Examination } from "./check.ts";
import { CHECKS } from "./checks.ts";
import { skippedFinding, speakerOf, unsetFinding, type CheckId, type Finding } from "./finding.ts";

interface Outside {
  env: Env;
  clock: Clock;
  random: Random;
}

/**
 * Checks the points of docs/guides/going-live.md in order, with a repair for each. It changes nothing. Checks
 * that need a missing setting are skipped. Without any setting of `serve`, the sandbox in DATA_DIR is
 * examined.
 */
export async function examine({ env, clock, random }: Outside): Promise<Finding[]> {
  const isSandbox = isSandboxOnly(env);
  const { config, faults } = parseValidConfig(env, isSandbox ? "sandbox" : "serve");
  const settings = isSandbox ? [settingsSay("ok", "sandbox", { dir: config.dataDir })] : renderFaults(faults);
  const { examination, close } = openExamination(config, clock, random);
  try {
    const run = new Examining(examination);
    const findings = [...settings];
    for (const { id } of settings.length > 0 ? CHECKS.slice(1) : CHECKS) findings.push(await run.find(id));
    return findings;
  } finally {
    await close();
  }
}

const settingsSay = speakerOf("settings");

/** One line a fault; what to do stands once, under the last. */
function renderFaults(faults: readonly string[]): Finding[] {
  const what = faults.length === 1 ? "it" : "them";
  return faults.map((fault, index) =>
    index === faults.length - 1
      ? settingsSay("bad", "last_fault", { fault, what })
      : settingsSay("bad", "fault", { fault }),
  );
}

/** Nothing that `serve` demands is set, and there is an emulated world: somebody tries the sandbox. */
function isSandboxOnly(env: Env): boolean {
  const isDemanded = (row: Option<unknown>): boolean => row.serve === undefined && row.sandbox !== undefined;
  const rows: Option<unknown>[] = Object.values(OPTIONS);
  if (rows.some((row) => isDemanded(row) && env[row.name]?.trim())) return false;
  const { dataDir } = parseValidConfig(env, "sandbox").config;
  return existsSync(join(dataDir, "emulator-world.json"));
}

/**
 * Each check once, after what it needs: the list is in the order of doing, in which a portfolio comes before
 * the token that reads it.
 */
class Examining {
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
    try {
      if (lacking.length === 0) return await check.run(this.#examination);
    } catch (error) {
      if (!(error instanceof UnsetError)) throw error;
      this.#blocked.add(id);
      return unsetFinding(id, error.setting);
    }
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
  let opened: Promise<Database | null> | undefined;
  let listed: Promise<Listing> | undefined;
  let graph: GraphClient | undefined;
  // Made when it is first asked for: a setting that is missing stops only what needs it.
  const graphNow = (): GraphClient =>
    (graph ??= createGraphClient({
      graphUrl: config.metaGraphUrl,
      graphVersion: config.metaGraphVersion,
      appSecret: config.metaAppSecret,
      clock,
    }));
  const ask: Examination["ask"] = async (path, query = {}, as = "system user"): Promise<GraphReply> => {
    const token = as === "app" ? `${config.metaAppId}|${config.metaAppSecret}` : config.metaSystemUserToken;
    return graphNow().ask({ method: "GET", path, query, token });
  };
  const listShared = async (): Promise<Listing> =>
    readSharedWabas({
      connectionId: "default",
      businessId: config.partnerBusinessId,
      appId: config.metaAppId,
      systemUserId: config.metaSystemUserId,
      token: config.metaSystemUserToken,
      graph: graphNow(),
    });
  const examination: Examination = {
    config,
    clock,
    random,
    ask,
    database: () => (opened ??= openKnownDatabase(config)),
    sharedWabas: () => (listed ??= listShared()),
  };
  const close = async (): Promise<void> => {
    await graph?.close();
    await (await opened?.catch(() => null))?.close();
  };
  return { examination, close };
}

/**
 * Opening the embedded database makes it when it is not there, and locks out whoever holds it: neither is a
 * doctor's business.
 */
async function openKnownDatabase(config: Config): Promise<Database | null> {
  if (config.databaseUrl !== undefined) return openDatabase(config);
  const { dataDir } = config;
  if (findDataDirHolder(dataDir) !== null || !existsSync(join(dataDir, "database"))) return null;
  return openDatabase(config);
}
