import type { MetaNotice } from "./account-update.ts";

/** Meta says that a message of this number failed, with this code. */
export interface FailedStatus {
  connectionId: string;
  phoneNumberId: string;
  code: number;
}

/** Each number and code once, however many messages failed. */
export function failedStatusesOf(
  deliveries: readonly { connectionId: string; notices: readonly MetaNotice[] }[],
): FailedStatus[] {
  const found = new Map<string, FailedStatus>();
  for (const { connectionId, notices } of deliveries)
    for (const { meaning } of notices) {
      if (meaning.kind !== "failed_statuses") continue;
      const { phoneNumberId } = meaning;
      for (const code of meaning.codes)
        found.set(`${connectionId} ${phoneNumberId} ${code}`, { connectionId, phoneNumberId, code });
    }
  return [...found.values()];
}
