import type { Sql } from "../../database/database.ts";
import type { Keyring } from "../../lib/keyring.ts";
import { openChannels, saveFailing, saveWorking } from "./channel-store.ts";
import { judgeChannelAnswer } from "./judge-channel-answer.ts";
import { readFiring } from "./notification-store.ts";
import { renderAlertmanagerRequest } from "./render-request.ts";
import type { SendDeps } from "./send-to-channel.ts";

/**
 * Repeats to each Alertmanager the alerts that fire and that it was told of, as Prometheus does. Alertmanager
 * keeps alerts in memory alone and ends those that nobody repeats: without this a restart of it would lose
 * them. Repeating changes nothing but the end of an alert, so two instances do no harm.
 */
export async function refreshAlertmanagers(
  deps: Pick<SendDeps, "clock" | "wire"> & { db: Sql; keyring: Keyring },
): Promise<void> {
  const { db, clock, wire } = deps;
  const opened = await openChannels(db, deps.keyring);
  await Promise.all(
    opened.map(async ({ channel, address }) => {
      if (channel.state !== "enabled" || address?.type !== "alertmanager") return;
      const firing = await readFiring(db, channel.id);
      if (firing.length === 0) return;
      const request = renderAlertmanagerRequest(address.settings, firing, clock.now());
      const { outcome, detail } = judgeChannelAnswer(address, await wire.send(request));
      if (outcome === "sent") await saveWorking(db, channel.id);
      else await saveFailing(db, channel.id, detail, clock.now());
    }),
  );
}
