import type { TimelineEntry } from "../../api/types.ts";
import { t } from "../../messages.ts";
import { CopyButton, CopyId } from "../../ui/Copy.tsx";
import styles from "./waba.module.css";

/** The raw evidence of an entry. */
export function Evidence({ id, entry }: { id: string; entry: TimelineEntry }) {
  const raw = entry.evidence ? JSON.stringify(entry.evidence, null, 2) : null;
  return (
    <div id={id} className={styles.evidenceBox}>
      {raw ? (
        // Long lines scroll sideways; a keyboard must be able to reach that.
        <pre className="evidence" tabIndex={0} role="region" aria-label={t("waba.evidence")}>
          {raw}
        </pre>
      ) : (
        <p className="muted">{t("waba.evidence_empty")}</p>
      )}
      <div className="row">
        {raw ? <CopyButton value={raw} what={t("copied_things.evidence")} /> : null}
        {entry.request_id ? (
          <span className="muted small">
            {t("problem.request")} <CopyId value={entry.request_id} what={t("copied_things.request_id")} />
          </span>
        ) : null}
      </div>
    </div>
  );
}
