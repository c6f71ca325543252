import type { MouseEvent } from "react";
import type { CalmRows } from "../live/useCalmRows.ts";
import { t } from "../messages.ts";
import styles from "./FreshPill.module.css";

/**
 * Counts the rows that wait while the pointer or the focus is in the list. It floats, so that it moves
 * nothing.
 */
export function FreshPill({ calm }: { calm: CalmRows<never> | CalmRows<unknown> }) {
  const onClick = (event: MouseEvent): void => {
    calm.show();
    window.scrollTo({ top: 0, behavior: "instant" });
    // A keyboard user would otherwise lose the focus with the pill.
    if (event.detail === 0) document.querySelector<HTMLElement>('a[data-row="0"]')?.focus();
  };
  return (
    <div className={styles.fresh} role="status">
      {calm.waits ? (
        <button type="button" data-part="fresh-pill" className={styles.freshPill} onClick={onClick}>
          {calm.freshCount > 0 ? t("wabas.fresh", { count: calm.freshCount }) : t("wabas.moved")}
        </button>
      ) : null}
    </div>
  );
}
