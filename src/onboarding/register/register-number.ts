import { lockNames } from "../../database/lock-names.ts";
import type { Tx } from "../../database/database.ts";
import { findAsset } from "../../directory/asset-store.ts";
import { findNumber, type NumberEntry } from "../../directory/number-store.ts";
import type { Random } from "../../lib/random.ts";
import { isMetaError } from "../../meta/error-code.ts";
import type { GraphReply } from "../../meta/graph-reply.ts";
import { metaMessageOf } from "../../sharing/evidence/evidence-table.ts";
import type { By } from "../../sharing/record/record-observation.ts";
import { findShare } from "../../sharing/record/share-store.ts";
import { appendTimeline } from "../../sharing/record/timeline-store.ts";
import { isPassing } from "../passing-reply.ts";
import { findPins, findPinState, savePins, savePinState, type PinState } from "./pin-store.ts";
import { pinsAfter, withCandidate, type Pins, type PinVerdict } from "./pin.ts";
import { mayRegisterFrom } from "./registration-limit.ts";
import {
  deleteRegistrationTry,
  insertRegistrationTry,
  readRegistrationTries,
  saveRegistrationCode,
} from "./registration-store.ts";
import type { SignupDeps } from "../signup-deps.ts";

/** `pin_unknown`: the number has its own PIN that we do not know; only its owner knows it. */
export type Registration =
  | { kind: "registered" }
  | { kind: "pin_unknown" }
  | { kind: "refused"; metaMessage: string }
  /**
   * Meta's ten registrations in 72 hours are used up, or Meta has locked the number; `until`: ms since the
   * epoch.
   */
  | { kind: "too_often"; until: number }
  /** `isLost`: the request was sent and its answer never came; Meta may have counted it. */
  | { kind: "silent"; metaMessage: string; isLost: boolean }
  | { kind: "unknown_number" };

interface Try {
  id: string;
  pin: string;
}

/**
 * Registers a number on the Cloud API with its two-step verification PIN: the given one, the held one, or a
 * new one. The held PIN is replaced only by one that Meta accepted, and deleted only when Meta refused that
 * very PIN: ten calls in 72 hours block the number, and five wrong PINs lock it. Never for a number of the
 * WhatsApp Business app. Source: registration reference; error codes 133005 to 133016.
 */
export async function registerNumber(
  deps: Pick<SignupDeps, "db" | "clock" | "random" | "accountOf" | "keyring">,
  input: { numberId: string; pin: string | null; token: string | null; by: By },
): Promise<Registration> {
  const number = await findNumber(deps.db, input.numberId);
  const asset = number && (await findAsset(deps.db, number.assetId));
  const account = asset && deps.accountOf(asset.connectionId);
  if (number === undefined || account === undefined) return { kind: "unknown_number" };
  const share = await findShare(deps.db, number.assetId);
  if (asset?.mode === "observe" || share?.record.numbers[number.id]?.coexistence === true)
    return {
      kind: "refused",
      metaMessage: "Not registered: the WABA is in observe mode, or the number is used in the app.",
    };
  const begun = await begin(deps, number, input);
  if ("kind" in begun) return begun;
  const reply = await account.graph.ask({
    method: "POST",
    path: `/${number.phoneNumberId}/register`,
    body: { messaging_product: "whatsapp", pin: begun.pin },
    token: input.token ?? account.token,
  });
  return record(deps, number, { begun, reply, by: input.by });
}

/** Counts the try and seals its PIN, before Meta is asked. */
async function begin(
  deps: Pick<SignupDeps, "db" | "clock" | "random" | "keyring">,
  number: NumberEntry,
  { pin: given, by }: { pin: string | null; by: By },
): Promise<Try | Registration> {
  const { db, keyring, clock, random } = deps;
  return db.transaction(async (tx) => {
    await lockRegistration(tx, number);
    const now = clock.now();
    const isOperator = by.actor !== "system" && by.actor !== "client";
    const until = mayRegisterFrom(await readRegistrationTries(tx, number.id, now), now, isOperator);
    if (until > now) return { kind: "too_often", until };
    const pins = await findPins(tx, keyring, number);
    const pin = given ?? pinFor(pins, await findPinState(tx, number.id), random);
    if (pin === null) return { kind: "pin_unknown" };
    await savePins(tx, keyring, number, withCandidate(pins, pin));
    return { id: await insertRegistrationTry(tx, number.id, now), pin };
  });
}

async function lockRegistration(tx: Tx, number: NumberEntry): Promise<void> {
  await lockNames(tx, `register:${number.id}`);
}

/**
 * The PIN we hold, or tried last; a new one for a number that never had any; null when it has one that we do
 * not know.
 */
function pinFor({ held, candidates }: Pins, state: PinState, random: Random): string | null {
  const known = held ?? candidates[0];
  if (known !== undefined) return known;
  if (state === "unknown") return null;
  return String(random.bytes(4).readUInt32BE() % 1_000_000).padStart(6, "0");
}

/** Meta does not count a request that never arrived, or one that it answered with its own error. */
const isLost = (reply: GraphReply): boolean =>
  reply.kind === "no_answer" && reply.cause !== "no_network" && reply.cause !== "server_error";

async function record(
  deps: Pick<SignupDeps, "db" | "clock" | "keyring">,
  number: NumberEntry,
  { begun, reply, by }: { begun: Try; reply: GraphReply; by: By },
): Promise<Registration> {
  const code = reply.kind === "refusal" ? reply.fault.code : null;
  const verdict = reply.kind === "success" ? "taken" : isMetaError({ code }, "wrong_pin") ? "wrong" : "none";
  await deps.db.transaction(async (tx) => {
    await lockRegistration(tx, number);
    if (isPassing(reply) && !isLost(reply)) await deleteRegistrationTry(tx, begun.id);
    else if (code !== null) await saveRegistrationCode(tx, begun.id, code);
    if (verdict !== "none") await settlePin(tx, deps, number, begun.pin, verdict);
    if (isPassing(reply)) return;
    await appendTimeline(tx, [
      {
        connectionId: number.connectionId,
        assetId: number.assetId,
        at: deps.clock.now(),
        kind: "command",
        source: "signup",
        title: reply.kind === "success" ? "number.registered" : "number.register_refused",
        detail: reply.kind === "success" ? null : metaMessageOf(reply),
        evidence: { phone_number_id: number.phoneNumberId },
        ...by,
      },
    ]);
  });
  if (isPassing(reply)) return { kind: "silent", metaMessage: metaMessageOf(reply), isLost: isLost(reply) };
  if (verdict === "taken") return { kind: "registered" };
  return verdict === "wrong"
    ? { kind: "pin_unknown" }
    : { kind: "refused", metaMessage: metaMessageOf(reply) };
}

async function settlePin(
  tx: Tx,
  { keyring }: Pick<SignupDeps, "keyring">,
  number: NumberEntry,
  pin: string,
  verdict: Exclude<PinVerdict, "none">,
): Promise<void> {
  const pins = pinsAfter(await findPins(tx, keyring, number), pin, verdict);
  await savePins(tx, keyring, number, pins);
  await savePinState(tx, number.id, pins.held === null ? "unknown" : "held");
}
