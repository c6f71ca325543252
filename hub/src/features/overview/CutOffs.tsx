import { useQuery } from "@tanstack/react-query";
import { connectionsQuery } from "../../api/queries.ts";
import { t } from "../../messages.ts";
import styles from "./CutOffs.module.css";

/** Versions that we use and Meta ends soon or has ended. Nobody must act today, so it is shown at the end. */
export function CutOffs() {
  const connections = useQuery(connectionsQuery).data?.data ?? [];
  const warnings = connections.flatMap(({ id, warnings }) =>
    warnings.map((warning) => ({ ...warning, key: `${id}:${warning.code}` })),
  );
  if (warnings.length === 0) return null;
  return (
    <section aria-label={t("overview.cut_offs")}>
      <ul className={styles.cutOffs}>
        {warnings.map(({ key, text }) => (
          <li key={key} className="muted small">
            {text}
          </li>
        ))}
      </ul>
    </section>
  );
}
