import type { Sql, Tx } from "../database/database.ts";
import { newId } from "../lib/new-id.ts";
import { parseLanguage } from "../messages/languages.ts";
import { openReshareLink, type OpenLinkDeps } from "../recovery/open-reshare-link.ts";
import { isLost } from "../recovery/reshare-link.ts";
import { MINUTE } from "../sharing/model/timings.ts";
import { SYSTEM } from "../sharing/record/record-observation.ts";
import type { ClientMessage, Topic } from "./client-message.ts";
import { namedWabasOf, renderWords, type Words } from "./client-words.ts";
import { addressed, contactOf, type Addressee, type NewMessage } from "./message-plan.ts";
import { findLastSentAt, insertMessages } from "./message-store.ts";
import { needOf } from "./notice-need.ts";
import { lockCursor, readNotices, saveNotices } from "./notice-store.ts";
import { toldOf, type StoppedWhy } from "./notice.ts";
import type { NoticeDeps } from "./process-notices.ts";
import { readAddressee, readSubjects, type KnownSubject } from "./read-subjects.ts";
import type { SendDeps } from "./send-message.ts";

/** Why a person's message is not sent. */
export type Refusal =
  | { is: "no_contact" }
  | { is: "all_bounced" }
  | { is: "mail_not_set_up" }
  | { is: "nothing_to_tell"; why: StoppedWhy }
  | { is: "recipient_unsubscribed" }
  | { is: "recently_sent"; waitMs: number };

export interface Draft {
  /** As it would be sent. */
  words: Words;
  message: NewMessage;
  /** What stands against sending it; null: nothing does. */
  refusal: Refusal | null;
  /** Nothing is wrong with the WABA: the words of a loss are an example. */
  isExample: boolean;
}

/** A person does not send the same twice by a second click. */
const AGAIN_AFTER_MS = 10 * MINUTE;

export interface ByHand {
  assetId: string;
  /** In place of the contact's. */
  language: string | null;
  actor: string;
}

/** The message that a person would send now, without sending it. Undefined: the WABA is not known. */
export async function readDraft(
  deps: OpenLinkDeps & Pick<SendDeps, "mailer" | "sender" | "linkUrlOf" | "unsubscribeUrlOf">,
  input: ByHand,
): Promise<Draft | undefined> {
  const link = await openReshareLink(deps, { assetId: input.assetId, rotate: false, by: SYSTEM });
  const drafted = await draft(deps.db, deps, input);
  if (drafted === undefined || link === undefined) return undefined;
  const { message, subjects, addressee } = drafted;
  const wabas = namedWabasOf(message, new Map([[input.assetId, link]]), subjects, deps.linkUrlOf);
  const unsubscribeUrl = deps.unsubscribeUrlOf("adr_00000000000000000000");
  const words = renderWords({
    ...{ message, clientName: addressee.name, wabas, sender: deps.sender, unsubscribeUrl },
  });
  return { words, message, refusal: drafted.refusal, isExample: drafted.isExample };
}

/** Plans a person's message; it is sent at once. Undefined: the WABA is not known. */
export async function sendByHand(
  deps: NoticeDeps & Pick<SendDeps, "mailer">,
  input: ByHand,
): Promise<{ message: ClientMessage } | { refusal: Refusal } | undefined> {
  return deps.db.transaction(async (tx) => {
    await lockCursor(tx);
    const drafted = await draft(tx, deps, input);
    if (drafted === undefined) return undefined;
    if (drafted.refusal !== null) return { refusal: drafted.refusal };
    const id = newId("cmg", deps.random);
    const own = { linkIds: [], askedLinkId: null, attemptCount: 0 };
    const message: ClientMessage = { ...drafted.message, ...own, id, createdBy: input.actor };
    await insertMessages(tx, [message]);
    await countAsTold(tx, deps, message);
    return { message };
  });
}

/** What a person has sent is not said again by itself minutes later. */
async function countAsTold(
  tx: Tx,
  { clientRules: { reminders } }: Pick<NoticeDeps, "clientRules">,
  { assetIds, topic, plannedAt }: ClientMessage,
): Promise<void> {
  const standing = (await readNotices(tx, assetIds)).filter(
    (notice) => notice.topic === topic && notice.stoppedWhy === null && notice.nextAt !== null,
  );
  await saveNotices(
    tx,
    standing.map((notice) => toldOf(notice, { now: plannedAt, reminders })),
  );
}

interface Drafted {
  message: NewMessage;
  subjects: Map<string, KnownSubject>;
  addressee: Addressee;
  refusal: Refusal | null;
  isExample: boolean;
}

async function draft(
  sql: Sql,
  deps: Pick<SendDeps, "clock" | "mailer">,
  { assetId, language }: ByHand,
): Promise<Drafted | undefined> {
  const now = deps.clock.now();
  const subjects = await readSubjects(sql, [assetId], now);
  const subject = subjects.get(assetId);
  if (subject === undefined) return undefined;
  const addressee = await readAddressee(sql, subject.asset.clientId);
  const wish = wishOf(subject, now);
  const told = "topic" in wish ? wish : EXAMPLE;
  const about = { ...told, kind: "manual", why: "by_hand", assetIds: [assetId], plannedAt: now } as const;
  const message = addressed(about, { addressee, channel: "email", contact: contactOf(addressee) });
  const lastAt = await findLastSentAt(sql, assetId, now - AGAIN_AFTER_MS);
  const refusal = refusalOf(message, { wish, lastAt, isSetUp: deps.mailer.isSetUp, now });
  const words = { ...message, language: parseLanguage(language ?? "") ?? message.language };
  return { message: words, subjects, addressee, refusal, isExample: !("topic" in wish) };
}

type Wish = { topic: Topic; cause: string } | { why: StoppedWhy };

const EXAMPLE = { topic: "loss", cause: "partner_removed" } as const;

/** What there is to say to the client: first a loss, then what may become one. */
function wishOf(subject: KnownSubject, now: number): Wish {
  const { state } = subject;
  const loss = needOf("loss", subject, now);
  // A person may write to a client who waits for a link, or while many WABAs fail together.
  if (loss.is !== "over" && isLost(state)) return { topic: "loss", cause: state.reason ?? state.status };
  for (const topic of ["app_activity", "payment"] as const) {
    const need = needOf(topic, subject, now);
    if (need.is !== "over" && need.cause !== null) return { topic, cause: need.cause };
  }
  return { why: loss.is === "over" ? loss.why : "recovered" };
}

function refusalOf(
  message: NewMessage,
  { wish, lastAt, isSetUp, now }: { wish: Wish; lastAt: number | null; isSetUp: boolean; now: number },
): Refusal | null {
  if (!isSetUp) return { is: "mail_not_set_up" };
  if ("why" in wish) return { is: "nothing_to_tell", why: wish.why };
  if (message.detail === "no_address") return { is: "no_contact" };
  if (message.detail === "all_bounced") return { is: "all_bounced" };
  if (message.detail === "unsubscribed") return { is: "recipient_unsubscribed" };
  return lastAt === null ? null : { is: "recently_sent", waitMs: lastAt + AGAIN_AFTER_MS - now };
}
