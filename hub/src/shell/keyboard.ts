import { useEffect, useSyncExternalStore } from "react";

/** Single keys, and pairs such as "g o" (the second within a second of the first). */
export type KeyMap = Record<string, () => void>;

const STORAGE_KEY = "sharekeeper-shortcuts";
const PAIR_MS = 1_000;
const stack: KeyMap[] = [];
const switchListeners = new Set<() => void>();
let prefix = "";
let prefixAtMs = 0;

/**
 * Whether single-key shortcuts are on: people who use dictation must be able to switch them off (WCAG 2.1.4).
 */
const areShortcutsOn = (): boolean => readStored() !== "off";

function readStored(): string | null {
  try {
    return localStorage.getItem(STORAGE_KEY);
  } catch {
    return null;
  }
}

export function setShortcuts(on: boolean): void {
  try {
    localStorage.setItem(STORAGE_KEY, on ? "on" : "off");
  } catch {
    // Storage may be forbidden; then they stay on.
  }
  for (const listener of switchListeners) listener();
}

export const useShortcutsOn = (): boolean =>
  useSyncExternalStore((listener) => {
    switchListeners.add(listener);
    return () => switchListeners.delete(listener);
  }, areShortcutsOn);

/** Adds these keys while the component is mounted; the newest component wins. */
export function useKeys(keys: KeyMap): void {
  useEffect(() => {
    stack.push(keys);
    return () => {
      stack.splice(stack.indexOf(keys), 1);
    };
  }, [keys]);
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat) {
    if (!event.repeat || !/^[jk]$/.test(event.key)) return;
  }
  if (!areShortcutsOn() || isTyping(event.target) || document.querySelector("[aria-modal=true]")) return;
  const isPair = prefix !== "" && event.timeStamp - prefixAtMs < PAIR_MS;
  const name = isPair ? `${prefix} ${event.key}` : event.key;
  prefix = "";
  const act = find(name);
  if (act) {
    event.preventDefault();
    act();
  } else if (stack.some((keys) => Object.keys(keys).some((key) => key.startsWith(`${event.key} `)))) {
    prefix = event.key;
    prefixAtMs = event.timeStamp;
  }
}

function find(name: string): (() => void) | undefined {
  for (let index = stack.length - 1; index >= 0; index -= 1) {
    const act = stack[index]?.[name];
    if (act) return act;
  }
  return undefined;
}

/** Once, in the shell. */
export function useKeyboard(): void {
  useEffect(() => {
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, []);
}

export const MOD = /Mac|iPhone|iPad/.test(navigator.platform) ? "⌘" : "Ctrl";
