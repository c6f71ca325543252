/**
 * Whether somebody is at this page: a pointer, a key or the focus of its window in the last minute. To load a
 * page is a touch, too.
 */
const UNTOUCHED_MS = 60_000;
const TOUCHES = ["pointerdown", "pointermove", "wheel", "keydown"] as const;

let touchedAtMs = Date.now();

/** Begins to note the touches of this page, given its window. */
export function watchTouches(page: EventTarget): void {
  const touched = (): void => {
    touchedAtMs = Date.now();
  };
  for (const touch of TOUCHES) page.addEventListener(touch, touched, { capture: true, passive: true });
  // Not captured: a page may move the focus within itself without anybody.
  page.addEventListener("focus", touched);
}

export const isUntouched = (): boolean => Date.now() - touchedAtMs >= UNTOUCHED_MS;
