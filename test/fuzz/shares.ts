import { hintOf } from "../../src/sharing/evidence/hint.ts";
import { judgeLook } from "../../src/sharing/evidence/judge-probe.ts";
import { lookAtMeta } from "../../src/sharing/probe/probe-meta.ts";
import type { Look } from "../../src/sharing/model/probe-result.ts";
import type { MetaAccount } from "../../src/sharing/probe/meta-account.ts";
import { newMemory, type ShareMemory } from "../../src/sharing/model/share-record.ts";
import { observe } from "../../src/sharing/rules/observe.ts";
import { parseNotices } from "../../src/meta/account-update.ts";
import { APP, BUSINESS, CONTROL_WABA, SYSTEM_USER } from "../simulation/model-meta.ts";
import { errorBody, fakeMeta, answerOf, healthyAnswers, NUMBERS, type Answers } from "./fake-meta.ts";
import { PLATFORM } from "./webhook-corpus.ts";

export const START = Date.UTC(2026, 10, 22);
export const IDENTITY = { businessId: BUSINESS, appId: APP };
export const numberIds = (): Record<string, string> =>
  Object.fromEntries(NUMBERS.map((id, index) => [id, `num_${index + 1}`]));

const accountOver = (answers: Answers, at: number): MetaAccount => ({
  connectionId: "default",
  ...IDENTITY,
  systemUserId: SYSTEM_USER,
  token: "token",
  graph: fakeMeta(answers, () => at),
});

/** One look over these answers, as far as no database is needed: asked, judged, observed. */
export async function lookOver(
  memory: ShareMemory,
  answers: Answers,
  at: number,
  order: { write: boolean; waited: boolean },
): Promise<{ memory: ShareMemory; look: Look; replies: Awaited<ReturnType<typeof lookAtMeta>> }> {
  const replies = await lookAtMeta(accountOver(answers, at), {
    wabaId: PLATFORM,
    write: order.write,
    mayWrite: memory.adoption === "adopted",
    controlWabaId: CONTROL_WABA,
    override: null,
  });
  const identity = { appId: APP, systemUserId: SYSTEM_USER, numberIds: numberIds() };
  const look = judgeLook(replies, identity, { askedAt: at, trigger: "check", waited: order.waited });
  return { memory: observe(memory, { type: "look", look }, at), look, replies };
}

/** What these bytes tell of one WABA, as the inbox takes it; at most `limit` notices of it. */
export function hearOver(memory: ShareMemory, bytes: Uint8Array, at: number, limit = 300): ShareMemory {
  const parsed = parseNotices(bytes);
  if (!parsed.understood) return memory;
  let known = memory;
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

/** Shares in the states from which a step may go wrong. Each is recorded up to START. */
async function build(): Promise<Record<string, ShareMemory>> {
  const before = START - 30 * 86_400_000;
  const order = { write: true, waited: false };
  const proven = async (memory: ShareMemory, coexistence: boolean, at: number): Promise<ShareMemory> =>
    (await lookOver(memory, healthyAnswers(coexistence), at, order)).memory;
  const imported = newMemory({ adoption: "adopted", origin: "import", now: before });
  const live = await proven(await proven(imported, false, before + 1000), false, START - 60_000);
  const coexistence = await proven(await proven(imported, true, before + 1000), true, START - 60_000);
  const lost = hearOver(live, removal((START - 50_000) / 1000), START - 49_000);
  const gone = { ...healthyAnswers(false), waba: answerOf(errorBody(100, 33), 400) };
  const found = (await lookOver(live, gone, START - 40_000, order)).memory;
  return {
    live,
    coexistence,
    lost,
    bad_once: found,
    lost_found: (await lookOver(found, gone, START - 30_000, { write: true, waited: true })).memory,
    mended: await proven(lost, false, START - 10_000),
    signup: newMemory({ adoption: "adopted", origin: "signup", now: START - 60_000 }),
    discovered: newMemory({ adoption: "discovered", origin: "discovery", now: START - 60_000 }),
    offboarded: observe(live, { type: "act", act: { kind: "offboard" } }, START - 30_000),
    closed: observe(
      live,
      { type: "act", act: { kind: "operator_close", actor: "operator", why: "asked" } },
      START - 30_000,
    ),
  };
}

let shares: Promise<Record<string, ShareMemory>> | undefined;
export const SHARE_NAMES = [
  "live",
  "live",
  "live",
  "coexistence",
  "coexistence",
  "lost",
  "bad_once",
  "lost_found",
  "mended",
  "signup",
  "discovered",
  "offboarded",
  "closed",
] as const;

export async function shareNamed(name: (typeof SHARE_NAMES)[number]): Promise<ShareMemory> {
  shares ??= build();
  const memory = (await shares)[name];
  if (memory === undefined) throw new Error(`No share ${name}`);
  return memory;
}
