import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { testDatabase, type TestDatabase } from "../../../test/support/database.ts";
import { keyringOf } from "../../../test/support/keyring-of.ts";
import { saveDataKey } from "../../credentials/data-key-store.ts";
import type { Database, Tx } from "../../database/database.ts";
import { saveConnection } from "../../directory/connection-store.ts";
import { readInbox } from "../../inbox/read-inbox.ts";
import { openInboxQueue, receiveWebhook } from "../../inbox/receive-webhook.ts";
import { seededRandom } from "../../lib/random.ts";
import { parseNotices } from "../../meta/account-update.ts";
import { recordTransitions } from "../../recovery/record-transitions.ts";
import { discoverWabas } from "./discover-wabas.ts";
import { newShareRecord } from "../model/share-record.ts";
import { recordEpisodes } from "../episodes/record-episodes.ts";
import { recordHints, type AnnouncedNotice } from "./record-hints.ts";
import { META, recordObservation, SYSTEM, type RecordDeps } from "./record-observation.ts";
import { DAY } from "../model/timings.ts";

const T0 = Date.UTC(2026, 10, 22);
const US = { businessId: "734443296905665", appId: "600000000000001" };
const random = seededRandom(3);
const keyring = keyringOf(random.bytes(32), random);

let database: TestDatabase;
let now = T0;
let deps: RecordDeps;
beforeAll(async () => {
  database = await testDatabase();
  const { db } = database;
  const about = { systemUserId: "610000000000001", graphVersion: "v25.0", partnerName: "360dialog" } as const;
  await saveConnection(db, { id: "default", ...US, ...about, publicUrl: null, mode: "enforce" });
  await saveDataKey(db, { id: "dk_1", wrapped: Buffer.alloc(1) }, { state: "current", createdAt: now });
  deps = {
    ...{ db, random, sweepPeriodMs: 15_000, wake: () => undefined },
    clock: { now: () => now, at: () => ({ cancel: () => undefined }), pause: async () => undefined },
    onTransitions: async (tx, transitions) => {
      const links = await recordTransitions({ random, reshareLinkLifetimeMs: DAY }, tx, transitions);
      return [...links, ...(await recordEpisodes(tx, transitions))];
    },
  };
});
afterAll(() => database.drop());

let wabaCount = 0;
/** A WABA imported nine days ago and proven since, so that a notice closes at once. */
async function liveWaba(): Promise<{ wabaId: string; assetId: string }> {
  now = T0 - 9 * DAY;
  wabaCount += 1;
  const wabaId = `1000000${String(wabaCount).padStart(8, "0")}`;
  const wabas = [{ wabaId, ownerBusinessId: null }];
  const found = await discoverWabas(deps, { connectionId: "default", wabas, by: META });
  const assetId = found.get(wabaId) ?? "";
  const record = newShareRecord({ adoption: "adopted", origin: "import", now });
  await deps.db.query("update share set record = $2 where asset_id = $1", [assetId, JSON.stringify(record)]);
  const proof = { verdict: "true" } as const;
  for (const askedAt of [now, T0 - 60_000]) {
    now = askedAt;
    const answers = { Shared: proof, TokenValid: proof, FullControl: { ...proof, byWrite: true } };
    const rest = { numbers: {}, numbersComplete: false, kind: null, write: "passed" } as const;
    const probe = { askedAt, trigger: "due", waited: false, answers, ...rest } as const;
    await recordObservation(deps, { assetId, observe: { type: "probe", probe }, note: null, by: SYSTEM });
  }
  now = T0;
  return { wabaId, assetId };
}

interface Reported {
  wabaId: string;
  event: string;
  /** Seconds after the beginning. */
  afterS: number;
}

/** One webhook for each, as it waits in the inbox. */
async function receive(all: readonly Reported[]): Promise<AnnouncedNotice[]> {
  const queue = openInboxQueue(deps);
  for (const { wabaId, event, afterS } of all) {
    const changes = [{ field: "account_update", value: { event, waba_info: { waba_id: wabaId } } }];
    const entry = [{ id: US.businessId, time: T0 / 1000 + afterS, changes }];
    const rawBody = Buffer.from(JSON.stringify({ object: "whatsapp_business_account", entry }));
    await receiveWebhook({ keyring, queue, clock: deps.clock }, { connectionId: "default", rawBody });
  }
  const items = await readInbox({ db: deps.db, keyring, clock: deps.clock }, 1000);
  return items.map((item) => {
    const { notices, fields } = parseNotices(item.rawBody) as Extract<
      ReturnType<typeof parseNotices>,
      { understood: true }
    >;
    const reported = { ...item, identity: US, outcome: "understood" as const, fields };
    return { item: reported, notice: notices[0] as AnnouncedNotice["notice"], delivery: null, isLast: true };
  });
}

/** What is known and recorded of WABAs, without random parts such as ids and the spread of probes. */
async function everythingOf(assetIds: readonly string[]): Promise<unknown> {
  const read = (text: string): Promise<object[]> => deps.db.query(text, [assetIds]);
  const nth = "array_position($1::text[], asset_id)";
  return {
    shares: await read(
      `select record, version, status, reason, since from share where asset_id = any($1) order by ${nth}`,
    ),
    lines: await read(
      `select ${nth} as waba, type, sequence, at, data from journal where asset_id = any($1)
        order by ${nth}, sequence`,
    ),
    timeline: await read(
      `select ${nth} as waba, kind, title, evidence - 'value' as evidence from observation
        where asset_id = any($1) and title <> 'waba.discovered'
       order by ${nth}, id`,
    ),
    episodes: await read(
      `select ${nth} as waba, reason, how, lost_at, detection_ms, outcome from episode
        where asset_id = any($1) order by ${nth}`,
    ),
    links: await read(
      `select ${nth} as waba, lost_at, expires_at from reshare_link where asset_id = any($1) order by ${nth}`,
    ),
  };
}

const steps = fc.array(
  fc.record({
    waba: fc.nat(2),
    event: fc.constantFrom("PARTNER_REMOVED", "PARTNER_ADDED", "PARTNER_APP_UNINSTALLED", "ACCOUNT_DELETED"),
    afterS: fc.integer({ min: -5, max: 5 }),
  }),
  { minLength: 1, maxLength: 12 },
);

test("notices of one commit have the same effect as one by one, also several of one WABA", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (wanted) => {
      const left: unknown[] = [];
      for (const isTogether of [true, false]) {
        const wabas = [await liveWaba(), await liveWaba(), await liveWaba()];
        now = T0 + 6000;
        const all = wanted.map((step) => ({ ...step, wabaId: wabas[step.waba]?.wabaId ?? "" }));
        const notices = await receive(all);
        for (const some of isTogether ? [notices] : notices.map((notice) => [notice]))
          await recordHints(deps, some);
        const found = await everythingOf(wabas.map(({ assetId }) => assetId));
        left.push(JSON.parse(JSON.stringify(found)));
      }
      expect(left[0]).toEqual(left[1]);
    }),
    { numRuns: 12 },
  );
});

test("a burst closes each gate and leaves one loss and one link each, in as many statements as two removals", async () => {
  const statementsFor = async (count: number): Promise<number> => {
    const wabas = [];
    for (let nth = 0; nth < count; nth += 1) wabas.push(await liveWaba());
    const notices = await receive(
      wabas.map(({ wabaId }) => ({ wabaId, event: "PARTNER_REMOVED", afterS: -1 })),
    );
    let statements = 0;
    const counted = (tx: Tx): Tx => ({
      ...tx,
      query: (text, values) => {
        statements += 1;
        return tx.query(text, values);
      },
    });
    const transaction: Database["transaction"] = (work) => deps.db.transaction((tx) => work(counted(tx)));
    const db: Database = { ...deps.db, transaction };
    await recordHints({ ...deps, db }, notices);
    const ids = [wabas.map(({ assetId }) => assetId)];
    const [left] = await deps.db.query(
      `select count(*)::int as closed,
         (select count(*)::int from episode where asset_id = any($1) and ended_at is null) as losses,
         (select count(*)::int from reshare_link where asset_id = any($1)) as links
       from share where asset_id = any($1) and status = 'permission_removed'`,
      ids,
    );
    expect(left).toEqual({ closed: count, losses: count, links: count });
    return statements;
  };
  expect(await statementsFor(30)).toBe(await statementsFor(2));
});
