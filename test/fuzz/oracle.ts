import type { ShareRecord } from "../../src/sharing/model/share-record.ts";
import { APP, BUSINESS, SYSTEM_USER } from "../simulation/model-meta.ts";
import { NUMBERS, type Answers, type Edge, type WireAnswer } from "./fake-meta.ts";
import { PLATFORM } from "./webhook-corpus.ts";

/**
 * What answers of Meta may prove at the most, from the text of the rules and not from the product's code. A
 * verdict that changes without evidence here came from garbage.
 */
type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function bodyOf(answer: WireAnswer): Json | null {
  if (typeof answer === "string") return null;
  try {
    const body: unknown = JSON.parse(new TextDecoder().decode(answer.body));
    return isObject(body) ? body : null;
  } catch {
    return null;
  }
}

const errorOf = (answer: WireAnswer): { code: number; subcode: number } | null => {
  const error = bodyOf(answer)?.error;
  return isObject(error) ? { code: numberOf(error.code), subcode: numberOf(error.error_subcode) } : null;
};

const numberOf = (value: unknown): number =>
  typeof value === "string" || typeof value === "number" ? Number(value) : NaN;

const idOf = (value: unknown): string | null =>
  typeof value === "string" || typeof value === "number" ? String(value) : null;

function good(answer: WireAnswer): Json | null {
  if (typeof answer === "string" || answer.status < 200 || answer.status > 299) return null;
  const body = bodyOf(answer);
  return body === null || (body.error !== undefined && body.error !== null) ? null : body;
}

const node = (answer: WireAnswer, id: string): Json | null => {
  const body = good(answer);
  return body !== null && idOf(body.id) === id ? body : null;
};

/** A list, complete as it is. With an invalid item in it, it counts as none. */
function list(answer: WireAnswer): Json[] | null {
  const data = good(answer)?.data;
  return Array.isArray(data) && data.every(isObject) ? data : null;
}

const isDone = (answer: WireAnswer): boolean => good(answer)?.success === true;

const isOutOfReach = (answer: WireAnswer): boolean => {
  const error = errorOf(answer);
  if (error === null) return false;
  return (error.code === 100 && error.subcode === 33) || (error.code >= 200 && error.code <= 299);
};
const hasCode = (answer: WireAnswer, codes: readonly number[]): boolean =>
  codes.includes(errorOf(answer)?.code ?? -1);
const LOCKED = [368, 131031];
const TOKEN_CODES = [0, 3, 10, 102, 104, 190, 452, 2500];
const GONE = ["DISCONNECTED", "UNLINKED", "BANNED", "DELETED", "MIGRATED"];
const SENDING = ["CONNECTED", "FLAGGED", "RATE_LIMITED", "RESTRICTED"];

type Grounds = Record<
  string,
  { True(answers: Answers): boolean; False(answers: Answers, after: ShareRecord): boolean }
>;

const tasksOf = (user: Json): unknown[] => (Array.isArray(user.tasks) ? user.tasks : []);

const GROUNDS: Grounds = {
  Shared: {
    True: ({ waba }) => node(waba, PLATFORM) !== null || hasCode(waba, LOCKED),
    False: ({ waba, control }) => isOutOfReach(waba) && node(control, BUSINESS) !== null,
  },
  FullControl: {
    True: ({ assigned_users: read, write }) =>
      isDone(write) ||
      (list(read) ?? []).some((user) => idOf(user.id) === SYSTEM_USER && tasksOf(user).includes("MANAGE")),
    False: (answers, after) =>
      after.facts.Shared.status === "False" ||
      (isOutOfReach(answers.write) &&
        (isDone(answers.control_write) ||
          (list(answers.system_users) ?? []).some(
            (user) => idOf(user.id) === SYSTEM_USER && user.role === "ADMIN",
          ))),
  },
  TokenValid: {
    True: ({ waba, control }) => node(waba, PLATFORM) !== null || node(control, BUSINESS) !== null,
    False: ({ control }) => hasCode(control, TOKEN_CODES),
  },
  WebhookSubscribed: {
    True: ({ subscribed_apps: read, repair }) => isDone(repair) || hasOurApp(read),
    False: ({ subscribed_apps: read }) => list(read) !== null && !hasOurApp(read),
  },
  MessagingAllowed: {
    True: ({ waba }) => node(waba, PLATFORM) !== null,
    False: ({ waba }) => hasCode(waba, LOCKED) || isBlocked(node(waba, PLATFORM)),
  },
  AppInstalled: { True: () => false, False: () => false },
};

const hasOurApp = (answer: WireAnswer): boolean =>
  (list(answer) ?? []).some((item) => {
    const app = item.whatsapp_business_api_data;
    return isObject(app) && idOf(app.id) === APP;
  });

function isBlocked(body: Json | null): boolean {
  const health = body?.health_status;
  if (!isObject(health) || !Array.isArray(health.entities)) return false;
  return (health.entities as unknown[])
    .filter(isObject)
    .some(
      (entity) =>
        entity.entity_type === "WABA" &&
        entity.can_send_message === "BLOCKED" &&
        /131031|368/.test(JSON.stringify(entity.errors ?? null)),
    );
}

function numberGrounds(answer: WireAnswer, phoneNumberId: string): { isSeen: boolean; mayBeGone: boolean } {
  const items = list(answer);
  if (items === null) return { isSeen: false, mayBeGone: false };
  const mine = items.filter((item) => idOf(item.id) === phoneNumberId);
  const isSeen = mine.some((item) => SENDING.includes(String(item.status)));
  const isWhole = items.every((item) => /^[0-9]{1,20}$/.test(idOf(item.id) ?? ""));
  return {
    isSeen,
    mayBeGone: mine.length === 0 ? isWhole : mine.some((item) => GONE.includes(String(item.status))),
  };
}

/** A verdict that this probe changed without evidence, as a sentence; null when there is none. */
export function groundlessChange(before: ShareRecord, after: ShareRecord, answers: Answers): string | null {
  for (const [name, grounds] of Object.entries(GROUNDS)) {
    const condition = name as keyof ShareRecord["facts"];
    const [was, is] = [before.facts[condition].status, after.facts[condition].status];
    if (was === is || is === "Unknown") continue;
    if (was === "False" && condition === "FullControl" && is === "False") continue;
    if (!grounds[is](answers, after)) return `${name} turned from ${was} into ${is} without evidence`;
  }
  for (const [numberId, number] of Object.entries(after.numbers)) {
    const { status } = number.facts.NumberConnected;
    const was = before.numbers[numberId]?.facts.NumberConnected.status ?? "Unknown";
    if (was === status || status === "Unknown") continue;
    const grounds = numberGrounds(answers.phone_numbers, number.phoneNumberId);
    if (!(status === "True" ? grounds.isSeen : grounds.mayBeGone))
      return `a number changed from ${was} into ${status} without evidence`;
  }
  return null;
}

export function strangerIn(record: ShareRecord): string | null {
  const known = ["num_1", "num_2"];
  const stranger = Object.entries(record.numbers).find(
    ([id, { phoneNumberId }]) =>
      !known.includes(id) || !(NUMBERS as readonly string[]).includes(phoneNumberId),
  );
  return stranger === undefined ? null : `a number that does not exist: ${stranger[0].slice(0, 60)}`;
}

export const bodyTextOf = (answers: Answers, edge: Edge): string => {
  const answer = answers[edge];
  return typeof answer === "string"
    ? answer
    : `${answer.status} ${JSON.stringify(answer.headers).slice(0, 200)} ${JSON.stringify(Buffer.from(answer.body).toString("latin1").slice(0, 500))}`;
};

/**
 * Meta's codes about the number or its account, as the messages reference and the list of error codes name
 * them.
 */
const NUMBER_CODES = [3, 10, 33, 368, 131005, 131031, 131037, 131042, 131045, 133000, 133010];

/**
 * What an answer to a message proves at the most: Meta names the message that it accepted, or says `success:
 * true` of a receipt.
 */
export function mayBeAcceptance(status: number, body: Buffer): boolean {
  const parsed = good({ status, headers: {}, body });
  const [first] = Array.isArray(parsed?.messages) ? (parsed.messages as unknown[]) : [];
  return (
    parsed?.success === true || (isObject(first) && typeof first.id === "string" && first.id.trim() !== "")
  );
}

/**
 * Whether Meta's envelope refuses the number itself. Nothing else proves that a half-open message was
 * refused.
 */
export function mayRefuseNumber(status: number, body: Buffer): boolean {
  const answer = { status, headers: {}, body };
  return status > 299 && (isOutOfReach(answer) || hasCode(answer, NUMBER_CODES));
}
