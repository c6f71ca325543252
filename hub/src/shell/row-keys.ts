import { useMemo } from "react";
import { useKeys } from "./keyboard.ts";

/** The table's sticky head covers this much. */
const HEADER_PX = 40;

/**
 * `j` and `k` move the real focus along the rows' links (`a[data-row]`), so that Enter opens, the ring shows
 * where one is, and a screen reader announces it. `reveal` brings a row of a virtual list onto the page
 * before it is focused.
 */
export function useRowKeys(count: number, reveal?: (index: number) => void): void {
  const keys = useMemo(() => {
    const move = (step: number) => (): void => {
      if (count === 0) return;
      const current = Number((document.activeElement as HTMLElement | null)?.dataset["row"] ?? -1);
      const index = current < 0 ? firstVisibleRow() : Math.min(Math.max(current + step, 0), count - 1);
      if (focusRow(index)) return;
      reveal?.(index);
      requestAnimationFrame(() => requestAnimationFrame(() => focusRow(index)));
    };
    return { j: move(1), k: move(-1) };
  }, [count, reveal]);
  useKeys(keys);
}

/** The first row in view, not the top of a scrolled list. */
function firstVisibleRow(): number {
  const links = [...document.querySelectorAll<HTMLElement>("a[data-row]")];
  const link = links.find((candidate) => candidate.getBoundingClientRect().top > HEADER_PX);
  return Number(link?.dataset["row"] ?? 0);
}

function focusRow(index: number): boolean {
  const link = document.querySelector<HTMLElement>(`a[data-row="${index}"]`);
  link?.focus({ preventScroll: true });
  link?.closest("tr, li")?.scrollIntoView({ block: "nearest" });
  return link !== null;
}
