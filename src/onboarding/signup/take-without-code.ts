import type { Sql } from "../../database/database.ts";
import type { WabaKind } from "../../sharing/model/share-record.ts";
import { recordObservation, type By, type RecordDeps } from "../../sharing/record/record-observation.ts";
import { findShare } from "../../sharing/record/share-store.ts";
import { lockSignup, saveSignup, type SignupChange } from "./signup-store.ts";
import type { SignupStep } from "./signup.ts";

/**
 * Imports the WABA of a signup without a code, which the share has shown as finished. Another instance may
 * have done it.
 */
export async function takeWithoutCode(
  deps: RecordDeps,
  input: { signupId: string; assetId: string; event: string; as: WabaKind; by: By },
): Promise<void> {
  const { signupId, assetId, event, as, by } = input;
  await recordObservation(deps, {
    assetId,
    stillDue: async (tx) => {
      const signup = await lockSignup(tx, signupId);
      return signup?.state === "opened" && signup.assetId === null;
    },
    observe: async (tx) => {
      await saveSignup(tx, signupId, takenBy(assetId, deps.clock.now()));
      // A share does not show its flow: a number of the app must not be taken for a platform number.
      return { type: "command", command: { kind: "signup_finished", as } };
    },
    note: {
      kind: "command",
      source: "signup",
      title: "signup.finished",
      detail: null,
      evidence: { signup_id: signupId, event },
    },
    by,
  });
}

function takenBy(assetId: string, now: number): SignupChange {
  const step = (status: "done" | "skipped"): SignupStep => ({
    status,
    at: now,
    metaMessage: null,
    silentCount: 0,
  });
  const steps = { exchange_code: step("skipped"), match_waba: step("done") };
  return { assetId, state: "signed", signedAt: now, offered: null, steps, nextStepAt: now };
}

/** Whether the WABA of a repair was shared again since then. */
export async function isBack(sql: Sql, assetId: string, since: number): Promise<boolean> {
  const share = await findShare(sql, assetId);
  const repair = share?.record.repair ?? null;
  return repair !== null && repair.at >= since && repair.how !== "import";
}
