/**
 * Whether the data on the pages is current, for every component that shows or needs it: the banner, the mark
 * in the sidebar, and the queries, which leave their own periods while the connection is lost.
 */
export interface ConnectionState {
  state: "connecting" | "live" | "lost";
  /** The last instant at which everything on the page was current, in ms of the browser's clock. */
  messageAtMs: number;
  /** Since when it is in this state. */
  sinceMs: number;
}

let current: ConnectionState = { state: "connecting", messageAtMs: Date.now(), sinceMs: Date.now() };
const listeners = new Set<() => void>();

export const connectionState = (): ConnectionState => current;

export function setConnectionState(next: Partial<Omit<ConnectionState, "sinceMs">>): void {
  const isChange = next.state !== undefined && next.state !== current.state;
  current = { ...current, ...next, ...(isChange ? { sinceMs: Date.now() } : {}) };
  for (const listener of listeners) listener();
}

export function subscribeToConnection(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** A period of a query of its own: it rests while the connection is lost, because one poller asks then. */
export const every = (ms: number) => (): number | false => (current.state === "lost" ? false : ms);
