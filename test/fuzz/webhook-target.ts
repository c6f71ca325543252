import { parseMetaId } from "../../src/meta/meta-id.ts";
import { parseNotices, type MetaNotice } from "../../src/meta/account-update.ts";
import { hintOf } from "../../src/sharing/evidence/hint.ts";
import { observe } from "../../src/sharing/rules/observe.ts";
import { maySayOfShare } from "../../src/sharing/evidence/hint.ts";
import type { ShareRecord } from "../../src/sharing/model/share-record.ts";
import type { ShareState } from "../../src/sharing/status/share-state.ts";
import { BUSINESS } from "../simulation/model-meta.ts";
import { faultOfRecord, faultOfText, renderAll } from "./checks.ts";
import { spoiledBytes, spoiledText } from "./mutate.ts";
import { IDENTITY, SHARE_NAMES, shareNamed, START } from "./shares.ts";
import { cuts, type Target } from "./target.ts";
import { deliveryOf, PLATFORM } from "./webhook-corpus.ts";

/** Bodies that come one after another about one share. */
export interface WebhookCase {
  share: (typeof SHARE_NAMES)[number];
  bodies: Buffer[];
  /** Between two of them, ms. */
  apartMs: number;
}

/** More notices of one body than these are only read. */
const OBSERVED_NOTICES = 400;

export const WEBHOOK_TARGET: Target<WebhookCase> = {
  name: "webhooks",
  through: "parseNotices, hintOf, observe, stateOf, verdict, the WABA's page",
  make(random) {
    const share = random.pick(SHARE_NAMES);
    const apartMs = random.pick([0, 1, 100, 1000, 10_000, 3_600_000]);
    const count = random.chance(0.01) ? random.between(50, 150) : random.between(1, 4);
    const delivery = deliveryOf((items) => random.pick(items), START / 1000);
    const bodies = Array.from({ length: count }, (_, index) => {
      const timeS = Math.floor((START + index * apartMs) / 1000);
      // A burst is of one kind; a few bodies are of any.
      const value = count > 4 ? atTime(delivery, timeS) : deliveryOf((items) => random.pick(items), timeS);
      return spoiledBytes(random, random.chance(0.1) ? JSON.stringify(value) : spoiledText(random, value));
    });
    return { share, bodies, apartMs };
  },
  sizeOf: ({ bodies }) => bodies.length,
  async run({ share, bodies, apartMs }) {
    let record = await shareNamed(share);
    let state = renderAll(record, START);
    for (const [index, body] of bodies.entries()) {
      const at = START + index * apartMs;
      const after = readBody(record, body, at);
      if (typeof after === "string") return after;
      const next = renderAll(after, at);
      const fault = faultOfRecord(after) ?? faultOfStep(state, next, body);
      if (fault !== null) return fault;
      [record, state] = [after, next];
    }
    return null;
  },
  *smaller(input) {
    const { bodies } = input;
    for (let drop = 0; drop < bodies.length && bodies.length > 1; drop += 1)
      yield { ...input, bodies: bodies.filter((_, index) => index !== drop) };
    for (const [index, body] of bodies.entries())
      for (const cut of cuts(body)) yield { ...input, bodies: bodies.with(index, cut) };
  },
  describe: ({ share, bodies, apartMs }) => [
    `share: ${share}, ${bodies.length} bodies ${apartMs} ms apart`,
    ...bodies.slice(0, 3).map((body) => JSON.stringify(body.toString("latin1").slice(0, 600))),
  ],
};

function atTime(delivery: Record<string, unknown>, time: number): Record<string, unknown> {
  const entries = delivery.entry as Record<string, unknown>[];
  return { ...delivery, entry: entries.map((entry) => ({ ...entry, time })) };
}

/** As the inbox reads it; a string is a fault of what was read. */
function readBody(record: ShareRecord, body: Buffer, at: number): ShareRecord | string {
  const parsed = parseNotices(body);
  if (!parsed.understood) return record;
  if (JSON.stringify(parsed.fields).length > 20_000) return "the list of fields is not bounded";
  let known = record;
  for (const notice of parsed.notices.slice(0, OBSERVED_NOTICES)) {
    const fault = faultOfNotice(notice);
    if (fault !== null) return fault;
    if (notice.wabaId !== null && maySayOfShare(notice))
      known = observe(known, { type: "hint", hint: hintOf(notice, at, IDENTITY) }, at);
  }
  return known;
}

function faultOfNotice(notice: MetaNotice): string | null {
  const { wabaId, said, ...rest } = notice;
  if (wabaId !== null && parseMetaId(wabaId) === null) return `${wabaId} is taken for a WABA`;
  const text = JSON.stringify(rest);
  if (text.length > 20_000) return "a notice is not bounded";
  const fault = faultOfText(text) ?? faultOfText(JSON.stringify(said));
  return fault === null ? null : `a notice holds ${fault}`;
}

/** Meta's terms for a loss. Without one of them no body closes a gate. */
const CLOSING =
  /PARTNER_REMOVED|ACCOUNT_DELETED|PARTNER_APP_UNINSTALLED|DISABLED_UPDATE|ACCOUNT_RESTRICTION|ACCOUNT_OFFBOARDED/i;

/** Hints close with a cause, and open nothing. Notices about a companion are an exception (rule 10). */
function faultOfStep(before: ShareState, after: ShareState, body: Buffer): string | null {
  const isOfNumbers = before.status === "reconnecting" || before.status === "disconnected";
  if (before.gate === "closed" && after.gate === "open" && !isOfNumbers) return "a webhook opened the gate";
  if (before.gate === "closed" || after.gate === "open") return null;
  const text = body.toString("latin1").replaceAll("\0", "");
  const isAboutUs = text.includes(BUSINESS) || text.includes(PLATFORM) || /[0-9]{5}/.test(text);
  return CLOSING.test(text) && isAboutUs ? null : "the gate closed without an announcement by Meta";
}
