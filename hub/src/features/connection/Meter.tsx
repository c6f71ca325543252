import shared from "./connection.module.css";
import styles from "./Meter.module.css"; /** How much of a limit is used, with marks from which checks wait. The figure is written beside it. */
export function Meter({ part, label, marks = [] }: { part: number; label: string; marks?: number[] }) {
  const shown = Math.min(1, Math.max(0, part));
  const passed = marks.filter((mark) => shown >= mark).length;
  return (
    <div
      className={shared.meter}
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(shown * 100)}
      data-passed={passed}
    >
      <span className={shared.meterUsed} style={{ width: `${shown * 100}%` }} />
      {marks.map((mark) => (
        <span key={mark} className={styles.meterMark} style={{ left: `${mark * 100}%` }} />
      ))}
    </div>
  );
}
