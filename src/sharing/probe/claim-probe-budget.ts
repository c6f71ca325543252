import { hourlyOf } from "../budget/probe-budget.ts";
import type { LookTrigger } from "../model/probe-result.ts";
import type { MetaAccount } from "./meta-account.ts";
import type { ShareDeps } from "../record/record-observation.ts";
import { postponeLook, type ShareRow } from "../record/share-store.ts";
import type { LookBudget } from "../budget/open-probe-budget.ts";

/**
 * Whether a look may ask Meta now. One that may not is put off until there is room: nothing was asked, so nothing is learnt, and it is
 * never taken for silence.
 */
export async function claimLookBudget(
  deps: ShareDeps & { budget?: LookBudget },
  input: { share: ShareRow; wabaId: string; account: MetaAccount; trigger: LookTrigger },
): Promise<boolean> {
  const { share, wabaId, account, trigger } = input;
  if (deps.budget === undefined) return true;
  const { memory } = share;
  const admission = await deps.budget.admit(
    { appId: account.appId, wabaId, hourly: hourlyOf(memory) },
    { urgent: trigger !== "sweep", byPerson: trigger === "check" || trigger === "import" },
  );
  if (admission.ok) return true;
  if (memory.adoption === "offboarded") return false;
  // Rules that need no answer of Meta's, such as the end of a suspicion, are kept in time.
  const now = deps.clock.now();
  const endsAt = memory.operatorClosed?.until ?? Infinity;
  const ruleAt = Math.min(endsAt, memory.dueLooks.find((at) => at > now) ?? Infinity);
  const roomAt = admission.at + deps.random.next() * 1000;
  const nextAt = Math.min(ruleAt, roomAt);
  await postponeLook(deps.db, share.assetId, {
    nextAt,
    urgentAt: memory.dueLooks.length > 0 || endsAt !== Infinity ? nextAt : null,
  });
  return false;
}
