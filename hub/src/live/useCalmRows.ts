import { useEffect, useRef, useState, type RefObject } from "react";
import { holdRows, isSame } from "./held-rows.ts";

export interface CalmRows<Row> {
  /** For the element around the list and its pill. */
  box: RefObject<HTMLDivElement | null>;
  rows: Row[];
  freshCount: number;
  /** Whether something waits behind the pill. */
  waits: boolean;
  /** Shows the newest list, although the pointer or focus is in it. */
  show: () => void;
}

/**
 * Nothing moves under the pointer: while it, or the focus, is in the list, rows change in place only, and
 * new, gone and moved rows wait behind a pill. `view` names the filters and order that `rows` belong to;
 * another view is taken at once. It is null while another view is on its way.
 */
export function useCalmRows<Row>(
  rows: Row[],
  idOf: (row: Row) => string,
  view: string | null,
): CalmRows<Row> {
  const box = useRef<HTMLDivElement>(null);
  const [isInside, setInside] = useState(false);
  // Set while rendering only, and by the pill: React would lose a render's update to one that an event has
  // put off.
  const [kept, setKept] = useState({ rows, view });
  const isFree = !isInside || (view !== null && view !== kept.view);
  const shown = isFree ? { rows, freshCount: 0, differs: false } : holdRows(kept.rows, rows, idOf);
  if (!isSame(kept.rows, shown.rows) || (view !== null && view !== kept.view))
    setKept({ rows: shown.rows, view: view ?? kept.view });
  useHolding(box, setInside);
  return {
    box,
    rows: shown.rows,
    freshCount: shown.freshCount,
    waits: shown.differs,
    show: () => setKept({ rows, view: view ?? kept.view }),
  };
}

const ROW = "tr, li";

/**
 * Reports when the pointer or the focus enters the box, and when both have left it. What appears or grows
 * above (an incident, a longer sentence in another row) would push the row away under the pointer: then the
 * page is scrolled by as much. Only movements of a person count: the browser also reports a resting pointer
 * when the content under it has moved.
 */
function useHolding(box: RefObject<HTMLElement | null>, onChange: (isInside: boolean) => void): void {
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const point = { x: Number.NaN, y: Number.NaN };
    let isPointed = element.matches(":hover");
    let anchor: { row: Element; top: number } | undefined;

    const hasPointer = (): boolean => !Number.isNaN(point.x);
    const note = (): void => {
      const pointed = isPointed && hasPointer() ? document.elementFromPoint(point.x, point.y) : null;
      const row = (pointed ?? document.activeElement)?.closest(ROW);
      anchor = row && element.contains(row) ? { row, top: row.getBoundingClientRect().top } : undefined;
    };
    const settle = (): void => {
      note();
      onChange(isPointed || element.contains(document.activeElement));
    };
    const pointAt = (target: EventTarget | null): void => {
      isPointed = target instanceof Node && element.contains(target);
      settle();
    };
    const onMove = (event: PointerEvent): void => {
      if (event.clientX === point.x && event.clientY === point.y) return;
      point.x = event.clientX;
      point.y = event.clientY;
      pointAt(event.target);
    };
    const onEnd = (event: PointerEvent): void => {
      if (event.pointerType === "touch") pointAt(null);
    };
    // By the wheel or by keys: the row must stay at its new place.
    const onScroll = (): void => {
      if (hasPointer()) pointAt(document.elementFromPoint(point.x, point.y));
      else note();
    };
    const onGone = (): void => {
      point.x = point.y = Number.NaN;
      pointAt(null);
    };
    // After the event: only then is the focus where it goes.
    const onFocus = (): void => void requestAnimationFrame(settle);
    const keep = (): void => {
      if (!anchor?.row.isConnected) return;
      const movedPx = anchor.row.getBoundingClientRect().top - anchor.top;
      if (Math.abs(movedPx) >= 1) window.scrollBy({ top: movedPx, behavior: "instant" });
    };

    const ending = new AbortController();
    const quietly = { passive: true, signal: ending.signal } as const;
    window.addEventListener("pointermove", onMove, quietly);
    window.addEventListener("pointerdown", onMove, quietly);
    window.addEventListener("pointerup", onEnd, quietly);
    window.addEventListener("pointercancel", onEnd, quietly);
    window.addEventListener("scroll", onScroll, quietly);
    document.documentElement.addEventListener("mouseleave", onGone, quietly);
    element.addEventListener("focusin", onFocus, quietly);
    element.addEventListener("focusout", onFocus, quietly);
    const sizes = new ResizeObserver(keep);
    sizes.observe(document.body);
    sizes.observe(element);
    settle();
    return () => {
      ending.abort();
      sizes.disconnect();
    };
  }, [box, onChange]);
}
