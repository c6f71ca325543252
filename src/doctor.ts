import type { Env } from "./config/option.ts";
import { ConfigError, parseConfig, type Config } from "./config/parse-config.ts";
import { openDatabase } from "./database/open-database.ts";
import type { Clock } from "./lib/clock.ts";
import { createGraphClient } from "./meta/graph-client.ts";
import type { GraphReply } from "./meta/graph-reply.ts";
import { itemsOf } from "./sharing/judge-look.ts";
import { wordsOf } from "./sharing/evidence.ts";

/** One point of the examination; `mend` says what to do when it is not well. */
export interface Finding {
  check: string;
  ok: boolean;
  words: string;
  mend: string | null;
}

/** Examines settings, database and Meta, in the order in which each needs the one before. Changes nothing. */
export async function examine({ env, clock }: { env: Env; clock: Clock }): Promise<Finding[]> {
  let config: Config;
  try {
    config = parseConfig(env, "serve");
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.faults.map((fault) => ({
      check: "settings",
      ok: false,
      words: fault,
      mend: "Set it and run doctor again.",
    }));
  }
  const settings = { check: "settings", ok: true, words: "complete", mend: null };
  return [settings, await examineDatabase(config), ...(await examineMeta(config, clock))];
}

async function examineDatabase(config: Config): Promise<Finding> {
  try {
    const db = await openDatabase(config);
    await db.query("select 1");
    await db.close();
    return { check: "database", ok: true, words: db.kind, mend: null };
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    return { check: "database", ok: false, words, mend: "Check DATABASE_URL or DATA_DIR." };
  }
}

interface Question {
  check: string;
  path: (config: Config) => string;
  query: Record<string, string>;
  isWell(reply: GraphReply, config: Config): boolean;
  mend: string;
}

const QUESTIONS: readonly Question[] = [
  {
    check: "token and portfolio",
    path: (config) => `/${config.partnerBusinessId}`,
    query: { fields: "id,name" },
    isWell: (reply) => reply.kind === "success",
    mend: "Make a new token for the system user in Business Settings > System users, with whatsapp_business_management, whatsapp_business_messaging and business_management, and set META_SYSTEM_USER_TOKEN.",
  },
  {
    check: "admin system user",
    path: (config) => `/${config.partnerBusinessId}/system_users`,
    query: {},
    isWell: (reply, config) =>
      itemsOf(reply).some((user) => user.id === config.metaSystemUserId && user.role === "ADMIN"),
    mend: "META_SYSTEM_USER_ID must be an admin system user of the portfolio: an employee sees only WABAs assigned one by one.",
  },
  {
    check: "shared WABAs",
    path: (config) => `/${config.partnerBusinessId}/client_whatsapp_business_accounts`,
    query: { limit: "1" },
    isWell: (reply) => reply.kind === "success",
    mend: "The app needs Advanced Access to whatsapp_business_management.",
  },
];

async function examineMeta(config: Config, clock: Clock): Promise<Finding[]> {
  const { metaGraphUrl: graphUrl, metaGraphVersion: graphVersion, metaAppSecret: appSecret } = config;
  const graph = createGraphClient({ graphUrl, graphVersion, clock, appSecret });
  try {
    const findings: Finding[] = [];
    for (const { check, path, query, isWell, mend } of QUESTIONS) {
      const reply = await graph.ask({
        method: "GET",
        path: path(config),
        query,
        token: config.metaSystemUserToken,
      });
      const ok = isWell(reply, config);
      findings.push({ check, ok, words: wordsOf(reply), mend: ok ? null : mend });
    }
    return findings;
  } finally {
    await graph.close();
  }
}

export function renderFindings(findings: Finding[]): string {
  return findings
    .map(
      ({ check, ok, words, mend }) =>
        `${ok ? "well" : "BAD "}  ${check}: ${words}${mend === null ? "" : `\n      ${mend}`}`,
    )
    .join("\n");
}
