import { recordObservation } from "../sharing/record-observation.ts";
import { findShare } from "../sharing/share-store.ts";
import { readFoundSince, readWaitingHosted, type WaitingHosted } from "./hosted-store.ts";
import type { SignupDeps } from "./signup-deps.ts";
import { lockSignup, saveSignup, type SignupChange } from "./signup-store.ts";
import type { SignupStep } from "./signup.ts";

const BATCH = 50;

/**
 * Meta's hosted signup gives no code: that it was finished is told by PARTNER_ADDED alone (hosted-es). A repair is finished when its
 * WABA was given back since it was opened. A new client is taken only when there is no doubt: one WABA found since, one signup
 * waiting; otherwise an operator adopts what was found.
 */
export async function takeHosted(deps: SignupDeps): Promise<void> {
  const newcomers: WaitingHosted[] = [];
  for (let afterId = ""; ;) {
    const waiting = await readWaitingHosted(deps.db, afterId, BATCH);
    for (const signup of waiting) {
      if (signup.expectedAssetId === null) newcomers.push(signup);
      else if (await isBack(deps, signup.expectedAssetId, signup.openedAt))
        await take(deps, signup.id, signup.expectedAssetId);
    }
    if (waiting.length < BATCH) break;
    afterId = waiting.at(-1)?.id ?? "";
  }
  for (const alone of newcomers.filter((signup) => isAlone(signup, newcomers))) {
    const assetId = await onlyArrival(deps, alone);
    if (assetId !== null) await take(deps, alone.id, assetId);
  }
}

const isAlone = (signup: WaitingHosted, all: WaitingHosted[]): boolean =>
  all.every(({ id, connectionId }) => id === signup.id || connectionId !== signup.connectionId);

async function isBack(deps: SignupDeps, assetId: string, openedAt: number): Promise<boolean> {
  const share = await findShare(deps.db, assetId);
  const repair = share?.memory.repair ?? null;
  return repair !== null && repair.at >= openedAt && repair.how !== "import";
}

async function onlyArrival(deps: SignupDeps, signup: WaitingHosted): Promise<string | null> {
  const [found, another] = await readFoundSince(deps.db, signup.connectionId, signup.openedAt);
  return found !== undefined && another === undefined ? found : null;
}

async function take(deps: SignupDeps, signupId: string, assetId: string): Promise<void> {
  await recordObservation(deps, {
    assetId,
    // Another instance may take it at the same instant.
    stillDue: async (tx) => {
      const signup = await lockSignup(tx, signupId);
      return signup?.state === "opened" && signup.assetId === null;
    },
    observe: async (tx) => {
      await saveSignup(tx, signupId, takenBy(assetId, deps.clock.now()));
      // The share does not tell which flow it came by: a number of the app must not be taken for one of the platform's.
      return { type: "act", act: { kind: "signup_finished", as: "unknown" } };
    },
    note: {
      kind: "act",
      source: "signup",
      title: "signup.finished",
      detail: null,
      evidence: { signup_id: signupId, event: "hosted" },
    },
    by: { actor: "client", requestId: null },
  });
}

function takenBy(assetId: string, now: number): SignupChange {
  const step = (status: "done" | "skipped"): SignupStep => ({ status, at: now, words: null, silentCount: 0 });
  const steps = { exchange_code: step("skipped"), match_waba: step("done") };
  return { assetId, state: "signed", signedAt: now, steps, nextStepAt: now };
}
