import { findSecret } from "../../credentials/secret-store.ts";
import { endMetaIdsOfNumbers, findOwnerId, moveMetaIds } from "../../directory/meta-id-store.ts";
import { findNumbersOf } from "../../directory/number-store.ts";
import { isJsonObject } from "../../meta/exact-json.ts";
import { itemsOf } from "../../meta/list-reply.ts";
import { parseMetaId } from "../../meta/meta-id.ts";
import type { MetaAccount } from "../../sharing/probe/meta-account.ts";
import { readFields } from "../../sharing/probe/read-fields.ts";
import { recordObservation, type By, type RecordDeps } from "../../sharing/record/record-observation.ts";
import { findShare } from "../../sharing/record/share-store.ts";
import { stateOf } from "../../sharing/status/share-state.ts";
import type { Tx } from "../../database/database.ts";
import { advanceSignup } from "./advance-signup.ts";
import { findAttempt } from "./signup-attempt-store.ts";
import type { SignupDeps } from "../signup-deps.ts";
import { attemptTokenPlaceOf } from "../signup-secrets.ts";
import { findSignup, lockSignup, saveSignup } from "./signup-store.ts";
import { maySucceed } from "./successor.ts";
import type { OfferedWaba, Signup } from "./signup.ts";

export type Acceptance = "accepted" | "nothing_offered" | "still_here" | "unknown" | "silent";

/**
 * An operator accepts the WABA that replaces one that cannot return. Our asset stays: its id, history, keys
 * and settings now belong to the new WABA at Meta. Numbers and their keys move where a new number replaces
 * them.
 */
export async function acceptSuccessor(
  deps: SignupDeps,
  input: { signupId: string; by: By },
): Promise<Acceptance> {
  const signup = await findSignup(deps.db, input.signupId);
  if (signup === undefined || signup.expectedAssetId === null) return "unknown";
  const { offered } = signup;
  const attempt = offered && (await findAttempt(deps.db, signup.id, offered.attemptId));
  const account = deps.accountOf(signup.connectionId);
  const share = await findShare(deps.db, signup.expectedAssetId);
  if (!offered || !attempt || account === undefined || share === undefined) return "nothing_offered";
  if (offered.isAccepted === true) return accepted(deps, signup);
  if (!maySucceed(stateOf(share.record, deps.clock.now()))) return "still_here";
  const place = attemptTokenPlaceOf({ connectionId: signup.connectionId, id: attempt.id });
  const token = await findSecret(deps.db, deps.keyring, place);
  if (token === undefined) return "nothing_offered";
  const { length: ownCount } = await findNumbersOf(deps.db, [signup.expectedAssetId]);
  const numbers = await readNumbers(account, offered.wabaId, { token, ownCount });
  if (numbers === null) return "silent";
  if (await isAnothers(deps, signup, offered)) return "nothing_offered";
  await endFound(deps, signup, offered, input.by);
  await recordObservation(deps, {
    assetId: signup.expectedAssetId,
    stillDue: async (tx) => {
      const now = await lockSignup(tx, signup.id);
      return now?.offered?.attemptId === offered.attemptId && now.offered.isAccepted !== true;
    },
    observe: async (tx) => {
      await moveIds(tx, deps, signup, offered, numbers);
      // From this commit on it is imported in any case: the old WABA's loss, which allowed it, is no longer
      // recorded.
      const isAccepted = { ...offered, isAccepted: true };
      await saveSignup(tx, signup.id, { offered: isAccepted, nextStepAt: deps.clock.now() });
      return { type: "command", command: { kind: "succeeded" } };
    },
    note: {
      kind: "command",
      source: "operator",
      title: "signup.successor_accepted",
      detail: null,
      evidence: { waba_id: offered.wabaId, name: offered.name, signup_id: signup.id },
    },
    by: input.by,
  });
  return accepted(deps, signup);
}

async function accepted(deps: SignupDeps, signup: Signup): Promise<Acceptance> {
  await advanceSignup(deps, signup.id);
  return "accepted";
}

/** Imported as another client's since it was offered: an operator's click must not end that WABA. */
async function isAnothers(
  deps: Pick<SignupDeps, "db">,
  signup: Signup,
  offered: OfferedWaba,
): Promise<boolean> {
  const foundId = await findOwnerId(deps.db, signup.connectionId, "waba", offered.wabaId);
  if (foundId === undefined || foundId === signup.expectedAssetId) return false;
  return (await findShare(deps.db, foundId))?.record.adoption === "adopted";
}

/**
 * Meta's webhook may have created an asset for the new WABA: that asset ends, because it is the same WABA.
 */
async function endFound(deps: RecordDeps, signup: Signup, offered: OfferedWaba, by: By): Promise<void> {
  const foundId = await findOwnerId(deps.db, signup.connectionId, "waba", offered.wabaId);
  if (foundId === undefined || foundId === signup.expectedAssetId) return;
  const note = {
    kind: "command",
    source: "operator",
    title: "waba.offboarded",
    detail: null,
    evidence: null,
  } as const;
  await recordObservation(deps, {
    assetId: foundId,
    observe: { type: "command", command: { kind: "offboard" } },
    note,
    by,
  });
}

interface NewNumber {
  phoneNumberId: string;
  digits: string;
}

/** Null while Meta does not answer. Without digits only a single number can replace a single number. */
async function readNumbers(
  account: MetaAccount,
  wabaId: string,
  { token, ownCount }: { token: string; ownCount: number },
): Promise<NewNumber[] | null> {
  const path = `/${wabaId}/phone_numbers`;
  const { reply, unread } = await readFields(
    (fields) => account.graph.ask({ method: "GET", path, query: { fields, limit: "100" }, token }),
    [["display_phone_number"]],
  );
  if (reply.kind !== "success") return null;
  const numbers = itemsOf(reply)
    .filter(isJsonObject)
    .flatMap(({ id, display_phone_number: written }) => {
      const phoneNumberId = parseMetaId(id);
      return phoneNumberId === null ? [] : [{ phoneNumberId, digits: digitsOf(written) }];
    });
  const needsDigits = ownCount > 0 && numbers.length > 0 && !(ownCount === 1 && numbers.length === 1);
  return needsDigits && unread.display_phone_number !== undefined ? null : numbers;
}

const digitsOf = (written: unknown): string =>
  typeof written === "string" ? written.replace(/\D/g, "") : "";

/**
 * Meta's ids move to our rows: the WABA's id, and each number's by the same digits; a single number replaces
 * a single number.
 */
async function moveIds(
  tx: Tx,
  deps: Pick<SignupDeps, "clock">,
  signup: Signup,
  offered: OfferedWaba,
  numbers: NewNumber[],
): Promise<void> {
  const { connectionId } = signup;
  const ownerId = signup.expectedAssetId;
  if (ownerId === null) return;
  const at = deps.clock.now();
  const foundId = await findOwnerId(tx, connectionId, "waba", offered.wabaId);
  // The discovered WABA's numbers are released: probes add those that replace no number of ours.
  if (foundId !== undefined && foundId !== ownerId) await endMetaIdsOfNumbers(tx, foundId, at);
  await moveMetaIds(tx, [{ metaId: offered.wabaId, ownerId }], { connectionId, type: "waba", at });
  const own = await findNumbersOf(tx, [ownerId]);
  const isSingle = own.length === 1 && numbers.length === 1;
  const moved = own.flatMap((number) => {
    const digits = digitsOf(number.displayPhoneNumber);
    const next = isSingle
      ? numbers[0]
      : numbers.find((candidate) => candidate.digits === digits && digits !== "");
    return next === undefined ? [] : [{ metaId: next.phoneNumberId, ownerId: number.id }];
  });
  await moveMetaIds(tx, moved, { connectionId, type: "phone_number", at });
}
