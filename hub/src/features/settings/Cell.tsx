import type { ReactNode } from "react";
import styles from "./settings.module.css";

/** A cell of `records` with its column's name, which is shown where the head of the table has no room. */
export const Cell = ({ label, children }: { label: string; children: ReactNode }) => (
  <td>
    <span className={styles.cellName}>{label}</span>
    <div className={styles.cellValue}>{children}</div>
  </td>
);
