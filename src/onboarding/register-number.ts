import { deleteSecret, findSecret, saveSecret } from "../credentials/secret-store.ts";
import { findAsset, findNumber, type NumberEntry } from "../directory/directory-store.ts";
import type { GraphReply } from "../meta/graph-reply.ts";
import { wordsOf } from "../sharing/evidence.ts";
import type { By } from "../sharing/record-observation.ts";
import { findShare } from "../sharing/share-store.ts";
import { appendObservation } from "../sharing/timeline-store.ts";
import { isPassing } from "./passing-reply.ts";
import { findPinState, savePinState } from "./pin-store.ts";
import type { SignupDeps } from "./signup-deps.ts";
import { pinPlaceOf } from "./signup-secrets.ts";

/** `pin_unknown`: the number has a PIN of its own that we do not know; only its owner can say it. */
export type Registration =
  | { kind: "registered" }
  | { kind: "pin_unknown" }
  | { kind: "refused"; words: string }
  | { kind: "silent"; words: string }
  | { kind: "unknown_number" };

/**
 * Registers a number on the Cloud API with its two-step verification PIN: the one that is given, the one we hold, or a new one. A PIN
 * that Meta refuses is forgotten and not tried again: ten calls in 72 hours block the number, and five wrong PINs lock it. Never for a
 * number of the WhatsApp Business app. Source: registration reference; error codes 133005 to 133016.
 */
export async function registerNumber(
  deps: SignupDeps,
  input: { numberId: string; pin: string | null; token: string | null; by: By },
): Promise<Registration> {
  const number = await findNumber(deps.db, input.numberId);
  const asset = number && (await findAsset(deps.db, number.assetId));
  const account = asset && deps.accountOf(asset.connectionId);
  if (number === undefined || account === undefined) return { kind: "unknown_number" };
  const share = await findShare(deps.db, number.assetId);
  if (asset?.mode === "observe" || share?.memory.numbers[number.id]?.coexistence === true)
    return { kind: "refused", words: "Not registered: it is only watched, or it lives in the app." };
  const pin = input.pin ?? (await pinFor(deps, number));
  if (pin === null) return { kind: "pin_unknown" };
  // Kept before it is used: when the answer is lost, the number may have taken it.
  await keepPin(deps, number, pin);
  const reply = await account.graph.ask({
    method: "POST",
    path: `/${number.phoneNumberId}/register`,
    body: { messaging_product: "whatsapp", pin },
    token: input.token ?? account.token,
  });
  return record(deps, number, reply, input.by);
}

/** The PIN we hold; a new one for a number that never had any; null when it has one that we do not know. */
async function pinFor(deps: SignupDeps, number: NumberEntry): Promise<string | null> {
  const held = await findSecret(deps.db, deps.keyring, pinPlaceOf(number));
  if (held !== undefined) return held;
  if ((await findPinState(deps.db, number.id)) === "unknown") return null;
  return String(deps.random.bytes(4).readUInt32BE() % 1_000_000).padStart(6, "0");
}

async function keepPin(deps: SignupDeps, number: NumberEntry, pin: string): Promise<void> {
  await deps.db.transaction(async (tx) => {
    await saveSecret(tx, deps.keyring, pinPlaceOf(number), pin, deps.clock.now());
    await savePinState(tx, number.id, "held");
  });
}

const WRONG_PIN = 133005;

async function record(
  deps: SignupDeps,
  number: NumberEntry,
  reply: GraphReply,
  by: By,
): Promise<Registration> {
  if (isPassing(reply)) return { kind: "silent", words: wordsOf(reply) };
  const isWrongPin = reply.kind === "refusal" && reply.fault.code === WRONG_PIN;
  await deps.db.transaction(async (tx) => {
    if (isWrongPin) {
      await deleteSecret(tx, pinPlaceOf(number));
      await savePinState(tx, number.id, "unknown");
    }
    await appendObservation(tx, {
      connectionId: number.connectionId,
      assetId: number.assetId,
      at: deps.clock.now(),
      kind: "act",
      source: "signup",
      title: reply.kind === "success" ? "number.registered" : "number.register_refused",
      detail: reply.kind === "success" ? null : wordsOf(reply),
      evidence: { phone_number_id: number.phoneNumberId },
      ...by,
    });
  });
  if (reply.kind === "success") return { kind: "registered" };
  return isWrongPin ? { kind: "pin_unknown" } : { kind: "refused", words: wordsOf(reply) };
}
