import type { MetaNotice } from "./account-update.ts";

/** A client wrote a message in its WhatsApp Business app at this instant, ms since the epoch. */
export interface Echo {
  connectionId: string;
  phoneNumberId: string;
  at: number;
}

/** The newest echo of each number among what one connection was sent. */
export function echoesOf(
  deliveries: readonly { connectionId: string; receivedAt: number; notices: readonly MetaNotice[] }[],
): Echo[] {
  const newest = new Map<string, Echo>();
  for (const { connectionId, receivedAt, notices } of deliveries)
    for (const { meaning } of notices) {
      if (meaning.kind !== "echo") continue;
      const { phoneNumberId } = meaning;
      // Meta's clock may run ahead of ours, and what has not come yet was not seen.
      const at = Math.min(meaning.sentAt ?? Infinity, receivedAt);
      const key = `${connectionId} ${phoneNumberId}`;
      if ((newest.get(key)?.at ?? 0) < at) newest.set(key, { connectionId, phoneNumberId, at });
    }
  return [...newest.values()];
}
