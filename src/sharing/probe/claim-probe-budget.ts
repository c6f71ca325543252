import { hourlyOf } from "../budget/probe-budget.ts";
import type { ProbeTrigger } from "../model/probe-result.ts";
import type { MetaAccount } from "./meta-account.ts";
import type { RecordDeps } from "../record/record-observation.ts";
import { postponeProbe, type ShareRow } from "../record/share-store.ts";
import type { ProbeBudget } from "../budget/open-probe-budget.ts";

/**
 * Whether a probe may ask Meta now. One that may not is postponed until the budget has room. Nothing was
 * asked, so this never counts as an inconclusive probe.
 */
export async function claimProbeBudget(
  deps: Pick<RecordDeps, "db" | "clock" | "random"> & { budget?: ProbeBudget },
  input: { share: ShareRow; wabaId: string; account: MetaAccount; trigger: ProbeTrigger },
): Promise<boolean> {
  const { share, wabaId, account, trigger } = input;
  if (deps.budget === undefined) return true;
  const { record } = share;
  const admission = await deps.budget.admit(
    { appId: account.appId, wabaId, hourly: hourlyOf(record) },
    { urgent: trigger !== "sweep", byPerson: trigger === "check" || trigger === "import" },
  );
  if (admission.ok) return true;
  if (record.adoption === "offboarded") return false;
  // Rules that need no answer by Meta, such as the end of a suspect hint, are applied in time.
  const now = deps.clock.now();
  const endsAt = record.operatorClosed?.until ?? Infinity;
  const ruleAt = Math.min(endsAt, record.dueProbes.find((at) => at > now) ?? Infinity);
  const roomAt = admission.at + deps.random.next() * 1000;
  const nextAt = Math.min(ruleAt, roomAt);
  await postponeProbe(deps.db, share.assetId, {
    nextAt,
    urgentAt: record.dueProbes.length > 0 || endsAt !== Infinity ? nextAt : null,
  });
  return false;
}
