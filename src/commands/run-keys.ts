import { askApi, type Api } from "../cli/api.ts";
import { appendAudit } from "../access/audit-store.ts";
import { readDataKeys } from "../credentials/data-key-store.ts";
import { forgetKeyringInstances } from "../credentials/keyring-instance-store.ts";
import { openKeyring, type OpenKeyring } from "../credentials/open-keyring.ts";
import { readKeyRotation, type KeyRotationStatus } from "../credentials/read-key-rotation.ts";
import { beginRotation, continueRotation, type RotationStep } from "../credentials/rotate-data-keys.ts";
import { parseDatabaseConfig, parseKeysConfig } from "../config/parse-config.ts";
import type { Env } from "../config/option.ts";
import type { Database } from "../database/database.ts";
import { findDataDirHolder } from "../database/data-dir-lock.ts";
import { readPending } from "../database/migrate.ts";
import { openDatabase } from "../database/open-database.ts";
import type { Clock } from "../lib/clock.ts";
import type { Random } from "../lib/random.ts";
import { StartError, UsageError } from "../lib/start-error.ts";
import { english } from "../messages/english.ts";
import { SEALED_COLUMNS } from "../sealed-columns.ts";

interface KeysContext {
  env: Env;
  args: readonly string[];
  options: Readonly<Record<string, unknown>>;
  json: boolean;
  /** Where a running server answers, and the key for it. */
  api(): Api;
  clock: Clock;
  random: Random;
  print(text: string): void;
  warn(text: string): void;
}

/** Between two looks at instances that are waited for. */
const REST_MS = 500;
/** Between two questions of how far it is: each counts rows. */
const API_REST_MS = 1_000;
/** A line of progress after the first batch, and then at most so often. */
const PROGRESS_MS = 2_000;

/**
 * `keys rotate` and `keys status`: on the database of the settings, or through the API of the server that
 * holds the embedded one.
 */
export async function runKeys(context: KeysContext): Promise<number> {
  const act = context.options.status === true ? "status" : context.args[0];
  if (act !== "rotate" && act !== "status") throw new UsageError(english("cli.keys.usage"));
  const isServed = typeof context.options.url === "string" || isHeld(context.env);
  return isServed ? runByApi(context, act) : runOnDatabase(context, act);
}

function isHeld(env: Env): boolean {
  const { databaseUrl, dataDir } = parseDatabaseConfig(env);
  return databaseUrl === undefined && findDataDirHolder(dataDir) !== null;
}

async function runByApi(context: KeysContext, act: "rotate" | "status"): Promise<number> {
  const { clock, warn } = context;
  const api = context.api();
  const ask = (): Promise<KeyRotationStatus> => askApi(api, "GET", "/data-keys");
  if (act === "status") return tellStatus(context, await ask());
  let status = await askApi<KeyRotationStatus>(api, "POST", "/data-keys/rotate", {});
  let said = "";
  while (status.rotation.state !== "idle") {
    const { rows_left: left, waits_for: instances } = status.rotation;
    const words =
      instances.length > 0
        ? english("cli.keys.waits", { instances: instances.join(", ") })
        : english("cli.keys.under_way", { left });
    if (words !== said) warn(words);
    said = words;
    await clock.pause(API_REST_MS);
    status = await ask();
  }
  return tellStatus(context, status);
}

async function runOnDatabase(context: KeysContext, act: "rotate" | "status"): Promise<number> {
  const config = parseKeysConfig(context.env);
  const db = await openDatabase(config);
  try {
    await checkSchema(db);
    if (db.kind === "embedded") await forgetKeyringInstances(db);
    const keyring = await openKeyring({ db, ...context }, config.encryptionKey, config.encryptionKeyPrevious);
    if (act === "rotate") await rotateKeys({ ...context, db, keyring });
    return tellStatus(context, await readKeyRotation({ db, columns: SEALED_COLUMNS, keyring }));
  } finally {
    await db.close();
  }
}

/** A database that no server has opened holds nothing to rotate. */
async function checkSchema(db: Database): Promise<void> {
  const { pendingCount } = await readPending(db);
  if (pendingCount > 0) throw new StartError(english("cli.keys.not_migrated"));
  if ((await readDataKeys(db)).length === 0) throw new StartError(english("cli.keys.no_keys"));
}

type Rotating = KeysContext & { db: Database; keyring: OpenKeyring };

async function rotateKeys(context: Rotating): Promise<void> {
  const { db, clock, keyring, warn } = context;
  const id = await beginRotation({ db, clock, keyring }, (tx, dataKeyId) =>
    appendAudit(tx, {
      at: clock.now(),
      actor: "command_line",
      action: "data_key.rotated",
      target: { type: "data_key", id: dataKeyId },
    }),
  );
  warn(id === null ? english("cli.keys.goes_on") : english("cli.keys.begun", { id }));
  let said: string | null = null;
  for (;;) {
    const step = await continueRotation(
      { db, keyring, columns: SEALED_COLUMNS },
      new AbortController().signal,
      progressOf(context),
    );
    if (step.state === "idle" || step.state === "done") return tellUnreadable(context, step);
    const waits = step.state === "waiting" ? step.instanceIds.join(", ") : null;
    if (step.state === "waiting" && step.instanceIds.length === 0)
      throw new StartError(english("cli.keys.foreign"));
    if (waits !== null && waits !== said) warn(english("cli.keys.waits", { instances: waits }));
    said = waits;
    await clock.pause(REST_MS);
  }
}

function progressOf({ clock, warn }: Rotating): (counts: { resealedCount: number }) => void {
  let toldAt = -Infinity;
  return ({ resealedCount: count }) => {
    if (clock.now() - toldAt < PROGRESS_MS) return;
    toldAt = clock.now();
    warn(english("cli.keys.progress", { count }));
  };
}

function tellUnreadable({ warn }: Rotating, step: RotationStep): void {
  if (step.state !== "done") return;
  warn(english("cli.keys.resealed", { count: step.resealedCount }));
  if (step.unreadableCount > 0) warn(english("cli.keys.unreadable", { count: step.unreadableCount }));
}

function tellStatus({ json, print }: KeysContext, status: KeyRotationStatus): number {
  print(json ? JSON.stringify(status) : renderStatus(status));
  return 0;
}

function renderStatus({ data_keys: keys, rotation }: KeyRotationStatus): string {
  const lines = keys.map((key) => {
    const rows = Object.entries(key.rows).map(([table, count]) => `${count} ${table}`);
    const wrapped = english(`cli.keys.wrapped.${key.wrapped_with}`);
    return `${key.id}  ${key.state.padEnd(7)}  ${wrapped}  ${rows.join(", ") || english("cli.keys.no_rows")}`;
  });
  const words =
    rotation.state === "idle"
      ? english("cli.keys.idle")
      : english("cli.keys.under_way", { left: rotation.rows_left });
  return [...lines, words].join("\n");
}
