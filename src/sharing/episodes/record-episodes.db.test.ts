import { afterAll, beforeAll, expect, test } from "vitest";
import { testDatabase, type TestDatabase } from "../../../test/support/database.ts";
import { BAD, REMOVED } from "../../../test/laws/story.ts";
import { saveConnection } from "../../directory/connection-store.ts";
import { seededRandom } from "../../lib/random.ts";
import type { Hint } from "../evidence/hint.ts";
import type { ProbeResult } from "../model/probe-result.ts";
import { newShareRecord } from "../model/share-record.ts";
import type { Observation } from "../rules/observe.ts";
import { recordEpisodes } from "./record-episodes.ts";
import { discoverWabas } from "../record/discover-wabas.ts";
import { META, recordObservation, SYSTEM, type Note, type RecordDeps } from "../record/record-observation.ts";
import { DAY } from "../model/timings.ts";

const T0 = Date.UTC(2026, 10, 22);
const connection = {
  id: "default",
  businessId: "734443296905665",
  appId: "600000000000001",
  systemUserId: "610000000000001",
  graphVersion: "v25.0",
  partnerName: "360dialog",
  publicUrl: null,
  mode: "enforce",
} as const;

let database: TestDatabase;
let now = T0;
let deps: RecordDeps;
beforeAll(async () => {
  database = await testDatabase();
  const { db } = database;
  await saveConnection(db, connection);
  deps = {
    db,
    clock: { now: () => now, at: () => ({ cancel: () => undefined }), pause: async () => undefined },
    random: seededRandom(7),
    sweepPeriodMs: 15_000,
    wake: () => undefined,
    onTransitions: recordEpisodes,
  };
});
afterAll(() => database.drop());

/** A WABA imported nine days ago and proven since, so that a notice closes at once. */
async function liveWaba(wabaId: string): Promise<string> {
  now = T0 - 9 * DAY;
  const wabas = [{ wabaId, ownerBusinessId: null }];
  const found = await discoverWabas(deps, { connectionId: "default", wabas, by: META });
  const assetId = found.get(wabaId) ?? "";
  const record = newShareRecord({ adoption: "adopted", origin: "import", now });
  await deps.db.query("update share set record = $2 where asset_id = $1", [assetId, JSON.stringify(record)]);
  await probe(assetId, now, true);
  await probe(assetId, T0 - 60_000, true);
  return assetId;
}

async function record(
  assetId: string,
  at: number,
  observation: Observation,
  note: Note | null,
): Promise<void> {
  now = at;
  await recordObservation(deps, { assetId, observe: observation, note, by: SYSTEM });
}

async function probe(assetId: string, at: number, stands: boolean): Promise<void> {
  const shared = stands ? ({ verdict: "true" } as const) : BAD;
  const answers: ProbeResult["answers"] = { Shared: shared, TokenValid: { verdict: "true" } };
  if (stands) answers.FullControl = { verdict: "true", byWrite: true };
  const asked = { askedAt: at, trigger: "due", waited: false } as const;
  const rest = { answers, numbers: {}, numbersComplete: false, kind: null } as const;
  await record(
    assetId,
    at,
    { type: "probe", probe: { ...asked, ...rest, write: stands ? "passed" : "none" } },
    null,
  );
}

async function hint(assetId: string, at: number, effect: Hint["effect"], title: string): Promise<void> {
  const reported = { at, receivedAt: at, foreign: null, key: `${title}|${at}` };
  const evidence = { received_at: new Date(at).toISOString(), entry_time: Math.floor(at / 1000) };
  const note: Note = { kind: "hint", source: "event", title, detail: null, evidence };
  await record(assetId, at, { type: "hint", hint: { ...reported, effect } }, note);
}

const episodesOf = (assetId: string) =>
  deps.db.query("select * from episode where asset_id = $1 order by id", [assetId]);

test("a loss that was announced and repaired leaves its two durations", async () => {
  const assetId = await liveWaba("100000000000001");
  await hint(assetId, T0 + 1300, REMOVED, "hint.partner_removed");
  await probe(assetId, T0 + 1400, false);
  expect(await episodesOf(assetId)).toMatchObject([
    {
      how: "announced",
      condition: "Shared",
      lost_at: new Date(T0 + 1000),
      detection_ms: "300",
      receipt_ms: "0",
      outcome: null,
    },
  ]);
  await hint(assetId, T0 + 90_000, { kind: "share_back" }, "hint.partner_added");
  await probe(assetId, T0 + 91_500, true);
  expect(await episodesOf(assetId)).toMatchObject([
    {
      outcome: "reopened",
      resume_how: "announced",
      resume_ms: "1500",
      ended_at: new Date(T0 + 91_500),
    },
  ]);
});

test("a notice that no probe confirms is counted as a false closure, and a second loss is a second episode", async () => {
  const assetId = await liveWaba("100000000000002");
  await hint(assetId, T0 + 1300, REMOVED, "hint.partner_removed");
  await probe(assetId, T0 + 6300, true);
  await probe(assetId, T0 + 11 * 60_000, false);
  await probe(assetId, T0 + 11 * 60_000 + 1000, false);
  expect(await episodesOf(assetId)).toMatchObject([
    { outcome: "refuted", resume_how: null, resume_ms: null },
    {
      how: "probed",
      lost_after: new Date(T0 + 6300),
      detection_ms: String(11 * 60_000 + 1000 - 6300),
      outcome: null,
    },
  ]);
});

test("a loss is open once, whatever several instances do, and a closing never fails for it", async () => {
  const assetId = await liveWaba("100000000000003");
  await deps.db.query(
    `insert into episode (connection_id, asset_id, condition, reason, how, closed_at)
      values ('default', $1, 'Shared', 'x', 'probed', $2)`,
    [assetId, new Date(T0)],
  );
  await hint(assetId, T0 + 1000, REMOVED, "hint.partner_removed");
  const [share] = await deps.db.query<{ status: string }>("select status from share where asset_id = $1", [
    assetId,
  ]);
  expect(share?.status).toBe("permission_removed");
  expect(await episodesOf(assetId)).toHaveLength(1);
});

test("a rolled-back transaction leaves no episode", async () => {
  const assetId = await liveWaba("100000000000004");
  const failing: RecordDeps = {
    ...deps,
    onTransitions: async (tx, transitions) => {
      await recordEpisodes(tx, transitions);
      throw new Error("the database was cut");
    },
  };
  const reported = { key: "k", at: T0, receivedAt: T0, foreign: null, effect: REMOVED };
  now = T0;
  const observe = { type: "hint", hint: reported } as const;
  await expect(recordObservation(failing, { assetId, observe, note: null, by: SYSTEM })).rejects.toThrow(
    "cut",
  );
  expect(await episodesOf(assetId)).toEqual([]);
});
