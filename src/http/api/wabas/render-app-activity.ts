import {
  DUE_SOON_AFTER,
  heartbeatStateOf,
  isCounted,
  OVERDUE_AFTER,
  type Heartbeat,
} from "../../../coexistence/app-activity.ts";
import type { NumberState, ShareState } from "../../../sharing/status/share-state.ts";
import type { HeartbeatJson } from "./waba-schema.ts";

interface Counted {
  state: ShareState;
  heartbeats: readonly Heartbeat[];
}

/** A number's heartbeat, while there is a link that opening the app keeps alive. */
export function heartbeatOf({ state, heartbeats }: Counted, numberId: string): Heartbeat | null {
  if (state.adoption !== "adopted" || !isCounted(state)) return null;
  return heartbeats.find((heartbeat) => heartbeat.numberId === numberId) ?? null;
}

export function renderHeartbeat(view: Counted, { numberId }: NumberState, now: number): HeartbeatJson | null {
  const heartbeat = heartbeatOf(view, numberId);
  if (heartbeat === null) return null;
  const { countedFrom, confirmedAt, confirmedBy } = heartbeat;
  return {
    state: heartbeatStateOf(countedFrom, now),
    confirmed_at: confirmedAt === null ? null : isoOf(confirmedAt),
    confirmed_by: confirmedBy,
    due_at: isoOf(countedFrom + DUE_SOON_AFTER),
    overdue_at: isoOf(countedFrom + OVERDUE_AFTER),
  };
}

const isoOf = (ms: number): string => new Date(ms).toISOString();
