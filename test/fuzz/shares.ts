import { hintOf } from "../../src/sharing/evidence/hint.ts";
import { judgeProbe } from "../../src/sharing/evidence/judge-probe.ts";
import { probeMeta } from "../../src/sharing/probe/probe-meta.ts";
import type { ProbeResult } from "../../src/sharing/model/probe-result.ts";
import type { MetaAccount } from "../../src/sharing/probe/meta-account.ts";
import { newShareRecord, type ShareRecord } from "../../src/sharing/model/share-record.ts";
import { observe } from "../../src/sharing/rules/observe.ts";
import { parseNotices } from "../../src/meta/account-update.ts";
import { APP, BUSINESS, CONTROL_WABA, SYSTEM_USER } from "../simulation/model-meta.ts";
import { errorBody, fakeMeta, answerOf, healthyAnswers, NUMBERS, type Answers } from "./fake-meta.ts";
import { PLATFORM } from "./webhook-corpus.ts";

export const START = Date.UTC(2026, 10, 22);
export const IDENTITY = { businessId: BUSINESS, appId: APP };
const numberIds = (): Record<string, string> =>
  Object.fromEntries(NUMBERS.map((id, index) => [id, `num_${index + 1}`]));

const accountOver = (answers: Answers, at: number): MetaAccount => ({
  connectionId: "default",
  ...IDENTITY,
  systemUserId: SYSTEM_USER,
  token: "token",
  graph: fakeMeta(answers, () => at),
});

/** One probe with these answers, as far as no database is needed: asked, judged, observed. */
export async function probeOver(
  record: ShareRecord,
  answers: Answers,
  at: number,
  order: { write: boolean; waited: boolean },
): Promise<{ record: ShareRecord; probe: ProbeResult; replies: Awaited<ReturnType<typeof probeMeta>> }> {
  const replies = await probeMeta(accountOver(answers, at), {
    wabaId: PLATFORM,
    write: order.write,
    mayWrite: record.adoption === "adopted",
    controlWabaId: CONTROL_WABA,
    override: null,
  });
  const identity = { appId: APP, systemUserId: SYSTEM_USER, numberIds: numberIds() };
  const probe = judgeProbe(replies, identity, { askedAt: at, trigger: "check", waited: order.waited });
  return { record: observe(record, { type: "probe", probe }, at), probe, replies };
}

/** The notices of these bytes about one WABA, as the inbox reads them; at most `limit` of them. */
function readOver(record: ShareRecord, bytes: Uint8Array, at: number, limit = 300): ShareRecord {
  const parsed = parseNotices(bytes);
  if (!parsed.understood) return record;
  let known = record;
  for (const notice of parsed.notices.slice(0, limit))
    known = observe(known, { type: "hint", hint: hintOf(notice, at, IDENTITY) }, at);
  return known;
}

const removal = (timeS: number): Buffer =>
  Buffer.from(
    JSON.stringify({
      object: "whatsapp_business_account",
      entry: [
        {
          id: BUSINESS,
          time: timeS,
          changes: [
            {
              field: "account_update",
              value: { event: "PARTNER_REMOVED", waba_info: { waba_id: PLATFORM } },
            },
          ],
        },
      ],
    }),
  );

/** Shares in the states from which a step may fail. Each is recorded up to START. */
async function build(): Promise<Record<string, ShareRecord>> {
  const before = START - 30 * 86_400_000;
  const order = { write: true, waited: false };
  const proven = async (record: ShareRecord, coexistence: boolean, at: number): Promise<ShareRecord> =>
    (await probeOver(record, healthyAnswers(coexistence), at, order)).record;
  const imported = newShareRecord({ adoption: "adopted", origin: "import", now: before });
  const live = await proven(await proven(imported, false, before + 1000), false, START - 60_000);
  const coexistence = await proven(await proven(imported, true, before + 1000), true, START - 60_000);
  const lost = readOver(live, removal((START - 50_000) / 1000), START - 49_000);
  const gone = { ...healthyAnswers(false), waba: answerOf(errorBody(100, 33), 400) };
  const found = (await probeOver(live, gone, START - 40_000, order)).record;
  return {
    live,
    coexistence,
    lost,
    bad_once: found,
    lost_found: (await probeOver(found, gone, START - 30_000, { write: true, waited: true })).record,
    repaired: await proven(lost, false, START - 10_000),
    signup: newShareRecord({ adoption: "adopted", origin: "signup", now: START - 60_000 }),
    discovered: newShareRecord({ adoption: "discovered", origin: "discovery", now: START - 60_000 }),
    offboarded: observe(live, { type: "command", command: { kind: "offboard" } }, START - 30_000),
    closed: observe(
      live,
      { type: "command", command: { kind: "operator_close", actor: "operator", why: "asked" } },
      START - 30_000,
    ),
  };
}

let shares: Promise<Record<string, ShareRecord>> | undefined;
export const SHARE_NAMES = [
  "live",
  "live",
  "live",
  "coexistence",
  "coexistence",
  "lost",
  "bad_once",
  "lost_found",
  "repaired",
  "signup",
  "discovered",
  "offboarded",
  "closed",
] as const;

export async function shareNamed(name: (typeof SHARE_NAMES)[number]): Promise<ShareRecord> {
  shares ??= build();
  const record = (await shares)[name];
  if (record === undefined) throw new Error(`No share ${name}`);
  return record;
}
