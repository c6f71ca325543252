import { Link } from "@tanstack/react-router";
import { labelOf } from "../../labels.ts";
import { t } from "../../messages.ts";
import { Icon } from "../../ui/icons.tsx";
import { Status } from "../../ui/Lamp.tsx";
import type { Tested } from "./EndpointActDialogs.tsx";
import { lampOfOutcome } from "./endpoint.ts";
import styles from "./webhooks.module.css";

/** What came of a test: outcome, status, time, what the wire said, and what to do. */
export function TestResult({ of: { endpoint, type, result }, onClose }: { of: Tested; onClose: () => void }) {
  const { outcome, status, detail, took_ms } = result;
  return (
    <div className={styles.notice} role="status" data-part="test-result" data-lamp={lampOfOutcome(outcome)}>
      <div>
        <p className={styles.noticeTitle}>
          <Status lamp={lampOfOutcome(outcome)} label={labelOf("delivery_outcome", outcome)} />
          <span className="muted">
            {status === null ? null : `HTTP ${status} · `}
            {t("time.ms", { count: took_ms })}
          </span>
        </p>
        <p className="small">
          {t("settings.webhooks.tested", { type })} <bdi className="mono">{endpoint.url}</bdi>
        </p>
        {detail === null ? null : <p className="small mono">{detail}</p>}
        {outcome === "delivered" ? null : <p>{t(`settings.webhooks.outcome_help.${outcome}`)}</p>}
        <Link
          className="text-link small"
          to="/settings/webhooks/$endpointId"
          params={{ endpointId: endpoint.id }}
          search={{ open: result.delivery_id }}
        >
          {t("settings.webhooks.tested_log")}
        </Link>
      </div>
      <button type="button" className={styles.noticeClose} aria-label={t("close")} onClick={onClose}>
        <Icon name="close" />
      </button>
    </div>
  );
}
