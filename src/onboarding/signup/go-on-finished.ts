import { findAsset } from "../../directory/asset-store.ts";
import { findClients } from "../../directory/client-store.ts";
import { findOwnerId } from "../../directory/meta-id-store.ts";
import { findNumbersOf } from "../../directory/number-store.ts";
import { META, type RecordDeps, type BeginDeps } from "../../sharing/record/record-observation.ts";
import { discoverWabas } from "../../sharing/record/discover-wabas.ts";
import { findShare } from "../../sharing/record/share-store.ts";
import { endAttempt } from "./end-attempt.ts";
import { followFinished } from "./follow-finished.ts";
import { hasRival, readFoundSince } from "./hosted-store.ts";
import { readWithToken } from "./read-granted.ts";
import { readAttempts } from "./signup-attempt-store.ts";
import type { SignupDeps } from "../signup-deps.ts";
import { saveSignup } from "./signup-store.ts";
import { CODE_LIVES_MS, type OfferedWaba, type Signup, type SignupAttempt } from "./signup.ts";
import { isBack, takeWithoutCode } from "./take-without-code.ts";
import { FINISHED_WITHOUT_CODE } from "./exit-reason.ts";

/** Meta's reads may lag, and a share may come late; after a week the signup stops waiting. */
const ASKED = {
  soonMs: 5000,
  soonForMs: 60_000,
  laterMs: 30_000,
  seldomMs: 600_000,
  forMs: 7 * 24 * 3600_000,
};

/**
 * Continues a signup whose window was finished without a code. A repair completes when its WABA is shared
 * again. A new client's WABA, once proven and new to us, waits for an operator's confirmation, because the
 * message alone could name any WABA.
 *
 * @returns when it is asked again; null: it waits for a person
 */
export async function goOnFinished(
  deps: RecordDeps & Pick<SignupDeps, "accountOf" | "wakeSignups">,
  signup: Signup,
): Promise<number | null> {
  const now = deps.clock.now();
  const attempts = await readAttempts(deps.db, [signup.id]);
  const silent = attempts.find(
    ({ message, codeAt, outcome }) => message && codeAt === null && outcome === null,
  );
  if (silent !== undefined) return endSilent(deps, signup, silent);
  const attempt = attempts.find(({ outcome }) => outcome === FINISHED_WITHOUT_CODE);
  if (attempt === undefined || signup.offered !== null) return null;
  const waitedMs = now - (attempt.messageAt ?? attempt.begunAt);
  if (waitedMs > ASKED.forMs) return null;
  const { expectedAssetId } = signup;
  if (expectedAssetId !== null && (await isBack(deps.db, expectedAssetId, attempt.begunAt))) {
    await takeBack(deps, signup.id, expectedAssetId, attempt);
    return now;
  }
  if (expectedAssetId === null && (await putOn(deps, signup, attempt))) return null;
  if (waitedMs < ASKED.soonForMs) return now + ASKED.soonMs;
  return now + Math.min(ASKED.seldomMs, Math.max(ASKED.laterMs, waitedMs / 10));
}

/** The page is closed, so nobody can report that no code came. */
async function endSilent(
  deps: RecordDeps & Pick<SignupDeps, "wakeSignups">,
  signup: Signup,
  attempt: SignupAttempt,
): Promise<number> {
  const now = deps.clock.now();
  const dueAt = (attempt.messageAt ?? now) + CODE_LIVES_MS;
  if (now < dueAt) return dueAt;
  const outcome = await endAttempt(deps, {
    ...{ signup, attempt, metaMessage: null, unless: "code" },
    outcome: FINISHED_WITHOUT_CODE,
  });
  if (outcome === FINISHED_WITHOUT_CODE) await followFinished(deps, signup, attempt);
  return now;
}

async function takeBack(
  deps: RecordDeps,
  signupId: string,
  assetId: string,
  attempt: SignupAttempt,
): Promise<void> {
  const by = { actor: "client", requestId: null };
  const event = attempt.message?.event ?? FINISHED_WITHOUT_CODE;
  await takeWithoutCode(deps, { signupId, assetId, event, as: "unknown", by });
}

/** @returns whether the WABA is on the signup now */
async function putOn(
  deps: BeginDeps & Pick<SignupDeps, "db" | "wake" | "accountOf">,
  signup: Signup,
  attempt: SignupAttempt,
): Promise<boolean> {
  const assetId = await findArrival(deps, signup, attempt);
  if (assetId === null) return false;
  const offered = await offeredOf(deps, assetId, attempt);
  if (offered === null) return false;
  await saveSignup(deps.db, signup.id, { offered });
  return true;
}

/**
 * The named WABA, found by a notice of Meta's or by our own read; without a name the only one that was found
 * since, while no other signup waits for one.
 */
async function findArrival(
  deps: BeginDeps & Pick<SignupDeps, "db" | "wake" | "accountOf">,
  { id, connectionId, openedAt }: Signup,
  attempt: SignupAttempt,
): Promise<string | null> {
  const since = openedAt ?? attempt.begunAt;
  const [wabaId] = attempt.message?.wabaIds ?? [];
  if (wabaId === undefined) {
    const [found, another] = await readFoundSince(deps.db, connectionId, since);
    const isAlone = found !== undefined && another === undefined;
    return isAlone && !(await hasRival(deps.db, { id, connectionId })) ? found : null;
  }
  const known = await findOwnerId(deps.db, connectionId, "waba", wabaId);
  if (known === undefined) {
    await discoverNamed(deps, connectionId, wabaId);
    return null;
  }
  const found = await readFoundSince(deps.db, connectionId, since, known);
  return found[0] ?? null;
}

/**
 * Meta's webhook may be lost: a WABA that our own token can read is shared with us, and is stored as
 * discovered. Probes prove it and read its names.
 */
async function discoverNamed(
  deps: BeginDeps & Pick<SignupDeps, "db" | "wake" | "accountOf">,
  connectionId: string,
  wabaId: string,
): Promise<void> {
  const account = deps.accountOf(connectionId);
  if (account === undefined || (await readWithToken(account, account.token, wabaId)) !== "reached") return;
  await discoverWabas(deps, { connectionId, wabas: [{ wabaId, ownerBusinessId: null }], by: META });
}

/** Only proven WABAs: a share that Meta's reads show with full control. */
async function offeredOf(
  deps: Pick<SignupDeps, "db">,
  assetId: string,
  attempt: SignupAttempt,
): Promise<OfferedWaba | null> {
  const share = await findShare(deps.db, assetId);
  const asset = await findAsset(deps.db, assetId);
  if (share?.record.facts.Shared.status !== "True" || asset === undefined) return null;
  const [client] = await findClients(deps.db, [asset.clientId]);
  const numbers = await findNumbersOf(deps.db, [assetId]);
  return {
    wabaId: asset.wabaId,
    name: asset.name,
    businessId: client?.businessId ?? null,
    phoneNumberIds: numbers.map(({ phoneNumberId }) => phoneNumberId),
    attemptId: attempt.id,
    isToConfirm: true,
  };
}
