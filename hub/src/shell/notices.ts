/** Whether this person wants notifications about alerts in this browser, and whether it allows them. */
export type NoticeState = "unavailable" | "unasked" | "blocked" | "off" | "on";

const STORAGE_KEY = "sharekeeper-alert-notices";
const listeners = new Set<() => void>();

/** `off`: the browser allows them, and the person has switched them off. */
export function noticeState(): NoticeState {
  // A plain http address other than localhost has none.
  if (typeof Notification === "undefined" || !window.isSecureContext) return "unavailable";
  if (Notification.permission === "default") return "unasked";
  if (Notification.permission === "denied") return "blocked";
  return isSwitchedOff() ? "off" : "on";
}

export function subscribeToNotices(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const changed = (): void => listeners.forEach((listener) => listener());

/** Asks the browser, which asks the person. Only ever by a click. */
export async function requestNotices(): Promise<void> {
  await Notification.requestPermission();
  switchNotices(true);
}

export function switchNotices(on: boolean): void {
  try {
    if (on) localStorage.removeItem(STORAGE_KEY);
    else localStorage.setItem(STORAGE_KEY, "off");
  } catch {
    // Storage may be forbidden; then they stay on.
  }
  changed();
}

function isSwitchedOff(): boolean {
  try {
    return localStorage.getItem(STORAGE_KEY) === "off";
  } catch {
    return false;
  }
}
