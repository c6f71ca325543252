import type { Sql } from "../database/database.ts";
import type { ShareTransition } from "../sharing/record/record-observation.ts";
import { readWebhookChecks } from "./webhook-check-store.ts";

const isOfDeadToken = (state: ShareTransition["after"] | null): boolean =>
  state?.reason === "provider_token_invalid";

/**
 * Whether probes say of our token what its last check does not: that it is dead, or that it works again. Then
 * it is checked at once, and not in five minutes.
 */
export async function findTokenDoubt(sql: Sql, transitions: readonly ShareTransition[]): Promise<boolean> {
  const died = transitions.some(({ before, after }) => isOfDeadToken(after) && !isOfDeadToken(before));
  const lives = transitions.some(({ before, after }) => isOfDeadToken(before) && !isOfDeadToken(after));
  if (!died && !lives) return false;
  const checks = [...(await readWebhookChecks(sql)).values()].flat();
  const isKnownDead = checks.some(({ outcome }) => outcome === "token_dead");
  return died ? !isKnownDead : isKnownDead;
}
