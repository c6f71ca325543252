import { useEffect } from "react";
import { texts } from "../texts.ts";

/** The tab's title: what this page is about, then the product. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · ${texts.product}`;
  }, [title]);
}
