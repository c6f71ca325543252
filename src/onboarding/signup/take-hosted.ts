import type { RecordDeps } from "../../sharing/record/record-observation.ts";
import { readFoundSince, readWaitingHosted, type WaitingHosted } from "./hosted-store.ts";
import type { SignupDeps } from "../signup-deps.ts";
import { isBack, takeWithoutCode } from "./take-without-code.ts";

const HOSTED = { event: "hosted", as: "unknown", by: { actor: "client", requestId: null } } as const;

const BATCH = 50;

/**
 * Meta's hosted signup gives no code: only PARTNER_ADDED shows that it was finished (hosted-es). A repair is
 * finished when its WABA was shared again since it was opened. A new client is imported only without doubt:
 * one WABA discovered since, one signup waiting; otherwise an operator adopts the discovered WABA.
 */
export async function takeHosted(deps: RecordDeps): Promise<void> {
  const newcomers: WaitingHosted[] = [];
  for (let afterId = ""; ;) {
    const waiting = await readWaitingHosted(deps.db, afterId, BATCH);
    for (const signup of waiting) {
      if (signup.expectedAssetId === null) newcomers.push(signup);
      else if (await isBack(deps.db, signup.expectedAssetId, signup.openedAt))
        await takeWithoutCode(deps, { signupId: signup.id, assetId: signup.expectedAssetId, ...HOSTED });
    }
    if (waiting.length < BATCH) break;
    afterId = waiting.at(-1)?.id ?? "";
  }
  for (const alone of newcomers.filter((signup) => isAlone(signup, newcomers))) {
    const assetId = await onlyArrival(deps, alone);
    if (assetId !== null) await takeWithoutCode(deps, { signupId: alone.id, assetId, ...HOSTED });
  }
}

const isAlone = (signup: WaitingHosted, all: WaitingHosted[]): boolean =>
  all.every(({ id, connectionId }) => id === signup.id || connectionId !== signup.connectionId);

async function onlyArrival(deps: Pick<SignupDeps, "db">, signup: WaitingHosted): Promise<string | null> {
  const [found, another] = await readFoundSince(deps.db, signup.connectionId, signup.openedAt);
  return found !== undefined && another === undefined ? found : null;
}
