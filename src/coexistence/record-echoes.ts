import { findOwnerId } from "../directory/meta-id-store.ts";
import { findNumber } from "../directory/number-store.ts";
import type { Echo } from "../meta/echo.ts";
import { META } from "../sharing/record/record-observation.ts";
import { findAppActivities } from "./app-activity-store.ts";
import { isNews } from "./app-activity.ts";
import { recordAppActivity, type AppActivityDeps } from "./record-app-activity.ts";

/**
 * Messages that a client wrote in its WhatsApp Business app show that the app is in use. Only numbers known
 * to be used in the app are counted; probes find out which, not echoes. Only the instant of the message is
 * kept.
 */
export async function recordEchoes(deps: AppActivityDeps, echoes: readonly Echo[]): Promise<void> {
  for (const echo of echoes) await recordEcho(deps, echo);
}

async function recordEcho(deps: AppActivityDeps, { connectionId, phoneNumberId, at }: Echo): Promise<void> {
  const numberId = await findOwnerId(deps.db, connectionId, "phone_number", phoneNumberId);
  const number = numberId === undefined ? undefined : await findNumber(deps.db, numberId);
  if (number === undefined) return;
  const known = (await findAppActivities(deps.db, [number.assetId])).find(
    (candidate) => candidate.numberId === number.id,
  );
  if (known === undefined || !isNews(known, at, "echo", deps.clock.now())) return;
  await recordAppActivity(deps, { assetId: number.assetId, numberId: number.id, at, how: "echo", by: META });
}
