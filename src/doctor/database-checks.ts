import { readWhetherKeysFit } from "../credentials/open-keyring.ts";
import { findDataDirHolder } from "../database/data-dir-lock.ts";
import { findOpenDirectory } from "../database/private-files.ts";
import { readPending, type PendingCounts } from "../database/migrate.ts";
import { StartError } from "../lib/start-error.ts";
import type { Check, Examination } from "./check.ts";
import { speakerOf, type Finding } from "./finding.ts";

const says = speakerOf("database");

const database: Check = {
  id: "database",
  needs: [],
  async run(examination) {
    const { databaseUrl, dataDir: dir } = examination.config;
    const openTo = databaseUrl === undefined ? findOpenDirectory(dir) : null;
    if (openTo !== null) return says("bad", "fails", { why: openTo });
    try {
      const db = await examination.database();
      if (databaseUrl !== undefined) return says("ok", "server");
      if (db !== null) return says("ok", "embedded", { dir });
      return renderUnopened(dir);
    } catch (error) {
      return says("bad", "fails", { why: whyOf(error) });
    }
  },
};

/** A database that a running Sharekeeper holds is as it should be. */
function renderUnopened(dir: string): Finding {
  const holder = findDataDirHolder(dir);
  if (holder === null) return says("ok", "new", { dir });
  const { pid, startedAt } = holder;
  return says("ok", "in_use", { dir, holder: pid === null ? "" : ` (pid ${pid}, started ${startedAt})` });
}

function whyOf(error: unknown): string {
  if (!(error instanceof Error)) throw error;
  return error.message.replaceAll(/\s+/g, " ");
}

const schemaSays = speakerOf("migrations");

const migrations: Check = {
  id: "migrations",
  needs: ["database"],
  async run(examination) {
    const db = await examination.database();
    if (db === null) return isHeld(examination) ? schemaSays("skipped", "unseen") : schemaSays("ok", "new");
    try {
      return judgeSchema(await readPending(db));
    } catch (error) {
      if (!(error instanceof StartError)) throw error;
      return schemaSays("bad", "foreign", { why: whyOf(error) });
    }
  },
};

export function judgeSchema({ appliedCount, pendingCount }: PendingCounts): Finding {
  if (appliedCount === 0) return schemaSays("ok", "new");
  const total = appliedCount + pendingCount;
  if (pendingCount > 0) return schemaSays("warning", "pending", { count: pendingCount, total });
  return schemaSays("ok", "current", { count: total });
}

const keySays = speakerOf("encryption_key");

const encryptionKey: Check = {
  id: "encryption_key",
  needs: ["database"],
  async run(examination) {
    const db = await examination.database();
    if (db === null) return isHeld(examination) ? keySays("skipped", "unseen") : keySays("ok", "new");
    const { config } = examination;
    const fit = await readWhetherKeysFit(db, config.encryptionKey, config.encryptionKeyPrevious);
    if (fit === null) return keySays("ok", "new");
    if (fit === "previous") return keySays("warning", "previous");
    return fit === "fits" ? keySays("ok", "fits") : keySays("bad", "wrong");
  },
};

export function isHeld({ config }: Examination): boolean {
  return config.databaseUrl === undefined && findDataDirHolder(config.dataDir) !== null;
}

export const DATABASE_CHECKS: readonly Check[] = [database, migrations, encryptionKey];
