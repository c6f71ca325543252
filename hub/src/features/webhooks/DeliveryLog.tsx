import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { webhookDeliveriesQuery } from "../../api/queries.ts";
import type { WebhookEndpoint } from "../../api/types.ts";
import { labelOf } from "../../labels.ts";
import { t } from "../../messages.ts";
import { DELIVERY_STATES, listOf, toggled, type EndpointSearch } from "../../shell/search.ts";
import { Icon } from "../../ui/icons.tsx";
import { MoreButton } from "../../ui/MoreButton.tsx";
import { Empty, Problem } from "../../ui/Problem.tsx";
import { Blocks } from "../../ui/Skeleton.tsx";
import { SettingsPanel } from "../settings/SettingsPage.tsx";
import { DeliveryTable } from "./DeliveryTable.tsx";
import { RecoverDialog, type Recovered } from "./RecoverDialog.tsx";
import styles from "./webhooks.module.css";

interface LogProps {
  endpoint: WebhookEndpoint;
  search: EndpointSearch;
  onSearch: (change: EndpointSearch) => void;
}

/** What was delivered, newest first, and the ways to send what was missed. */
export function DeliveryLog({ endpoint, search, onSearch }: LogProps) {
  const [asking, setAsking] = useState<Recovered["only"] | null>(null);
  const [recovered, setRecovered] = useState<Recovered | null>(null);
  const isDisabled = endpoint.state === "disabled";
  return (
    <SettingsPanel
      id="deliveries-title"
      title={t("settings.webhooks.log")}
      lead={t("settings.webhooks.log_lead")}
      act={
        isDisabled ? null : (
          <div className="row">
            <Button onClick={() => setAsking("failed")}>{t("settings.webhooks.recover.failed")}</Button>
            <Button onClick={() => setAsking("missing")}>{t("settings.webhooks.recover.missing")}</Button>
          </div>
        )
      }
    >
      <div className="stack">
        {recovered === null ? null : <RecoveredNotice of={recovered} onClose={() => setRecovered(null)} />}
        <StateFilter state={search.state} onChange={(state) => onSearch({ state })} />
        <Deliveries endpoint={endpoint} search={search} onSearch={onSearch} />
      </div>
      {asking === null ? null : (
        <RecoverDialog
          only={asking}
          endpoint={endpoint}
          onRecovered={setRecovered}
          onClose={() => setAsking(null)}
        />
      )}
    </SettingsPanel>
  );
}

function StateFilter(props: {
  state: EndpointSearch["state"];
  onChange: (state: EndpointSearch["state"]) => void;
}) {
  return (
    <div className={`views ${styles.states}`} role="group" aria-label={t("settings.webhooks.state")}>
      {[undefined, ...DELIVERY_STATES].map((state) => (
        <button
          key={state ?? "all"}
          type="button"
          className="view"
          aria-pressed={props.state === state}
          onClick={() => props.onChange(state)}
        >
          {state === undefined ? t("settings.webhooks.all") : labelOf("delivery_state", state)}
        </button>
      ))}
    </div>
  );
}

function Deliveries({ endpoint, search, onSearch }: LogProps) {
  const query = useInfiniteQuery(webhookDeliveriesQuery(endpoint.id, { state: search.state }));
  const rows = query.data?.pages.flatMap(({ data }) => data);
  if (rows === undefined)
    return query.error ? (
      <Problem error={query.error} onRetry={() => void query.refetch()} />
    ) : (
      <Blocks count={6} height={44} />
    );
  const openIds = listOf(search.open);
  const isFiltered = search.state !== undefined;
  return (
    <div className="stack" data-stale={query.isPlaceholderData}>
      {rows.length === 0 && openIds.length === 0 ? (
        <Empty
          title={t(isFiltered ? "settings.webhooks.log_none_title" : "settings.webhooks.log_empty_title")}
          detail={t(isFiltered ? "settings.webhooks.log_none_detail" : "settings.webhooks.log_empty_detail")}
        >
          {isFiltered ? (
            <Button onClick={() => onSearch({ state: undefined })}>
              {t("settings.webhooks.all_states")}
            </Button>
          ) : null}
        </Empty>
      ) : (
        <DeliveryTable
          rows={rows}
          view={query.isPlaceholderData ? null : (search.state ?? "all")}
          openIds={openIds}
          mayResend={endpoint.state !== "disabled"}
          onToggle={(id) => onSearch({ open: toggled(search.open, id) })}
        />
      )}
      <MoreButton query={query}>{t("settings.webhooks.log_more")}</MoreButton>
    </div>
  );
}

function RecoveredNotice({ of: { only, planned }, onClose }: { of: Recovered; onClose: () => void }) {
  return (
    <div className={styles.notice} role="status" data-part="recovered">
      <Icon name={planned === 0 ? "check" : "refresh"} />
      <div>
        <p>{t(`settings.webhooks.recovered.${only}`, { count: planned })}</p>
      </div>
      <button type="button" className={styles.noticeClose} aria-label={t("close")} onClick={onClose}>
        <Icon name="close" />
      </button>
    </div>
  );
}
