import type { Tx } from "../../database/database.ts";
import { saveSecret } from "../../credentials/secret-store.ts";
import { saveAssetTerms } from "../../directory/asset-store.ts";
import { lockWabas, findOwnerId } from "../../directory/meta-id-store.ts";
import { registerWabas, type WabaSketch } from "../../directory/register-wabas.ts";
import { assert } from "../../lib/assert.ts";
import { isJsonObject } from "../../meta/exact-json.ts";
import type { MetaAccount } from "../../sharing/probe/meta-account.ts";
import { newShareRecord, type ShareRecord } from "../../sharing/model/share-record.ts";
import {
  beginShares,
  recordObservation,
  termsChange,
  type By,
  type Note,
  type RecordDeps,
  type BeginDeps,
} from "../../sharing/record/record-observation.ts";
import { readFields } from "../../sharing/probe/read-fields.ts";
import { findShare } from "../../sharing/record/share-store.ts";
import { clearSteps, forgetAttemptSecrets, lockSignup, saveSignup } from "./signup-store.ts";
import { saveOutcome } from "./signup-attempt-store.ts";
import type { SignupDeps } from "../signup-deps.ts";
import { clientTokenPlaceOf } from "../signup-secrets.ts";
import type { Signup, SignupAttempt, SignupStep } from "./signup.ts";

const CLIENT: By = { actor: "client", requestId: null };

/**
 * Imports the WABA of a finished signup: finds or creates it by Meta's id, and replaces its client's token.
 * Ids, history, settings, keys and webhooks stay unchanged. A repetition after a crash has the same result.
 *
 * @returns false when the signup was abandoned meanwhile
 */
export async function takeWaba(
  deps: RecordDeps & Pick<SignupDeps, "keyring">,
  input: { signup: Signup; attempt: SignupAttempt; wabaId: string; token: string; account: MetaAccount },
): Promise<boolean> {
  const { signup, attempt, wabaId, token } = input;
  const sketch = await readSketch(input);
  const assetId = await deps.db.transaction(async (tx) => {
    const { connectionId } = signup;
    if ((await lockSignup(tx, signup.id))?.state === "abandoned") return null;
    // The same lock as a discovery's: Meta's PARTNER_ADDED may come at the same instant.
    await lockWabas(tx, connectionId, [wabaId]);
    const known = await findOwnerId(tx, connectionId, "waba", wabaId);
    const id = known ?? (await beginWaba(tx, deps, signup, sketch));
    await saveSecret(tx, deps.keyring, clientTokenPlaceOf({ connectionId, id }), token);
    return id;
  });
  if (assetId === null) return false;
  await recordFinish(deps, { signup, attempt, assetId });
  await saveTaken(deps, input, assetId);
  return true;
}

async function beginWaba(tx: Tx, deps: BeginDeps, signup: Signup, sketch: WabaSketch): Promise<string> {
  const now = deps.clock.now();
  const { connectionId } = signup;
  const made = await registerWabas(tx, deps.random, [sketch], { connectionId, at: now });
  const assetId = made.get(sketch.wabaId)?.id;
  assert(assetId !== undefined, "a WABA that is registered has an id");
  const note: Note = {
    kind: "command",
    source: "signup",
    title: "waba.onboarding.started",
    detail: null,
    evidence: { waba_id: sketch.wabaId, signup_id: signup.id },
  };
  const record = newShareRecord({ adoption: "adopted", origin: "signup", now });
  await beginShares(tx, deps, { connectionId, shares: [{ assetId, note }], record, withinMs: 0, by: CLIENT });
  return assetId;
}

async function recordFinish(
  deps: RecordDeps,
  { signup, attempt, assetId }: { signup: Signup; attempt: SignupAttempt; assetId: string },
): Promise<void> {
  const share = await findShare(deps.db, assetId);
  const isAppGrant = attempt.message?.isAppOnly === true && share !== undefined && isNew(share.record);
  const command = { kind: "signup_finished", as: attempt.message?.as ?? "unknown" } as const;
  await recordObservation(deps, {
    assetId,
    ...(isAppGrant && { configured: termsChange(["partner_model", "sends_with"]) }),
    observe: async (tx) => {
      if (!isAppGrant) return { type: "command", command };
      await saveAssetTerms(tx, assetId, { partnerModel: "app_grant", sendsWith: "client" });
      return { type: "command", command: { ...command, partnerModel: "app_grant" } };
    },
    note: {
      kind: "command",
      source: "signup",
      title: "signup.finished",
      detail: null,
      evidence: { signup_id: signup.id, event: attempt.message?.event ?? null },
    },
    by: CLIENT,
  });
}

/** The WABA is not ours to use yet: the browser's message never changes the terms of a WABA that is. */
function isNew({ adoption, origin, provenAt }: ShareRecord): boolean {
  return adoption === "discovered" || (origin === "signup" && provenAt === null);
}

/**
 * Last, so that a crash before it begins again: the attempt is matched, and the steps of the WABA begin anew.
 */
async function saveTaken(
  deps: Pick<SignupDeps, "db" | "clock">,
  { signup, attempt }: { signup: Signup; attempt: SignupAttempt },
  assetId: string,
): Promise<void> {
  const now = deps.clock.now();
  const done: SignupStep = { status: "done", at: now, metaMessage: null, silentCount: 0 };
  await deps.db.transaction(async (tx) => {
    await saveOutcome(tx, attempt.id, { outcome: "finished", metaMessage: null, step: null, at: now });
    await forgetAttemptSecrets(tx, signup);
    await clearSteps(tx, signup.id);
    await saveSignup(tx, signup.id, {
      assetId,
      state: "signed",
      signedAt: now,
      offered: null,
      steps: { exchange_code: done, match_waba: done },
      nextStepAt: now,
    });
  });
}

/**
 * Names and owner, read with the client's token while it is fresh; probes read them again with ours. Only
 * Meta's answer decides the owner: a message from the browser could assign the WABA to another client.
 */
async function readSketch({
  wabaId,
  token,
  account,
}: {
  wabaId: string;
  token: string;
  account: MetaAccount;
}): Promise<WabaSketch> {
  const { reply } = await readFields(
    (fields) => account.graph.ask({ method: "GET", path: `/${wabaId}`, query: { fields }, token }),
    [["name"], ["owner_business_info"]],
  );
  const body = reply.kind === "success" ? reply.body : {};
  const owner = isJsonObject(body.owner_business_info) ? body.owner_business_info : {};
  return {
    wabaId,
    name: typeof body.name === "string" ? body.name : null,
    ownerBusinessId: typeof owner.id === "string" ? owner.id : null,
    ownerName: typeof owner.name === "string" ? owner.name : null,
  };
}
