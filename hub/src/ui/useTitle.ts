import { useEffect } from "react";
import { t } from "../messages.ts";

let name: string | undefined;
let redCount = 0;

function render(): void {
  if (name === undefined) return;
  const count = redCount === 0 ? "" : `(${redCount.toLocaleString()}) `;
  document.title = `${count}${name} · ${t("product")}`;
}

/** The tab's title: how many WABAs are red, what this page is about, then the product. */
export function useTitle(title: string): void {
  useEffect(() => {
    name = title;
    render();
  }, [title]);
}

/**
 * Shows the count in every title while the component is mounted, so that a loss is visible in a background
 * tab.
 */
export function useTitleCount(count: number): void {
  useEffect(() => {
    redCount = count;
    render();
    return () => {
      redCount = 0;
      render();
    };
  }, [count]);
}
