import { Link } from "@tanstack/react-router";
import type { Overview } from "../../api/types.ts";
import { t } from "../../messages.ts";
import { Lamp } from "../../ui/Lamp.tsx";
import styles from "./StatusStrip.module.css";

const WORST_LAST = { green: 0, grey: 1, amber: 2, red: 3 } as const;

/** Every WABA as its part of one line. The text below carries the meaning, the line only the proportion. */
export function StatusStrip({ overview }: { overview: Overview }) {
  const parts = overview.by_status
    .filter((part) => part.count > 0)
    .sort((a, b) => WORST_LAST[a.lamp] - WORST_LAST[b.lamp] || b.count - a.count);
  if (parts.length === 0) return null;
  return (
    <div className={styles.strip}>
      <div className={styles.stripLine} aria-hidden="true">
        {parts.map((part) => (
          <span key={part.status} data-lamp={part.lamp} style={{ flexGrow: part.count }} />
        ))}
      </div>
      <ul className={styles.stripLegend} aria-label={t("overview.all_by_status")}>
        {parts.map((part) => (
          <li key={part.status}>
            <Link to="/wabas" search={{ status: part.status }}>
              <Lamp lamp={part.lamp} size={12} />
              {part.status_label}
              <strong>{part.count.toLocaleString()}</strong>
            </Link>
          </li>
        ))}
      </ul>
    </div>
  );
}
