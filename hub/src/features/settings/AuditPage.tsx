import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { auditQuery, type AuditFilters } from "../../api/queries.ts";
import { t } from "../../messages.ts";
import { listOf, toggled, type AuditSearch } from "../../shell/search.ts";
import { announce } from "../../ui/announce.ts";
import { Icon } from "../../ui/icons.tsx";
import { MoreButton } from "../../ui/MoreButton.tsx";
import { Empty, Problem } from "../../ui/Problem.tsx";
import { Blocks } from "../../ui/Skeleton.tsx";
import { instantsOf } from "./audit-lines.ts";
import { AuditFilterBar } from "./AuditFilterBar.tsx";
import { AuditTable } from "./AuditTable.tsx";
import { downloadAudit } from "./download-audit.ts";
import { AdminPage, SettingsPanel } from "./SettingsPage.tsx";

const route = getRouteApi("/shell/settings/audit");

/** Who did what. Filters and open lines are in the address. */
export function AuditPage() {
  const search = route.useSearch();
  const navigate = useNavigate();
  const onSearch = (change: AuditSearch): void =>
    void navigate({
      to: "/settings/audit",
      search: (last) => ({ ...last, ...change }),
      replace: true,
      resetScroll: false,
    });
  return (
    <AdminPage title={t("settings.audit.title")}>
      <Audit search={search} onSearch={onSearch} />
    </AdminPage>
  );
}

const CLEARED: AuditSearch = {
  ...{ actor: undefined, action: undefined, waba_id: undefined, target_id: undefined },
  ...{ outcome: undefined, from: undefined, until: undefined, open: undefined },
};

export function Audit(props: { search: AuditSearch; onSearch: (change: AuditSearch) => void }) {
  const { open, ...filters } = props.search;
  const query = useInfiniteQuery(auditQuery(instantsOf(filters)));
  const lines = query.data?.pages.flatMap(({ data }) => data);
  return (
    <SettingsPanel
      id="audit-title"
      title={t("settings.audit.title")}
      lead={t("settings.audit.lead")}
      act={<ExportButton filters={instantsOf(filters)} isOff={!lines?.length} />}
    >
      <div className="stack" data-stale={query.isPlaceholderData}>
        <AuditFilterBar
          filters={filters}
          onChange={(change) => props.onSearch({ open: undefined, ...change })}
        />
        {lines === undefined ? (
          query.error ? (
            <Problem error={query.error} onRetry={() => void query.refetch()} />
          ) : (
            <Blocks count={8} height={44} />
          )
        ) : lines.length === 0 ? (
          <Empty title={t("settings.audit.empty_title")} detail={t("settings.audit.empty_detail")}>
            <Button onClick={() => props.onSearch(CLEARED)}>{t("settings.audit.clear")}</Button>
          </Empty>
        ) : (
          <AuditTable
            lines={lines}
            openIds={listOf(open)}
            onToggle={(id) => props.onSearch({ open: toggled(open, id) })}
          />
        )}
        <MoreButton query={query}>{t("settings.audit.more")}</MoreButton>
      </div>
    </SettingsPanel>
  );
}

function ExportButton({ filters, isOff }: { filters: AuditFilters; isOff: boolean }) {
  const [isWorking, setWorking] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const onClick = (): void => {
    setWorking(true);
    setError(null);
    downloadAudit(filters)
      .then(() => announce(t("settings.audit.export_done")), setError)
      .finally(() => setWorking(false));
  };
  return (
    <div className="row">
      {error ? <Problem error={error} /> : null}
      <Button title={t("settings.audit.export_title")} disabled={isOff || isWorking} onClick={onClick}>
        <Icon name="download" />
        {isWorking ? t("settings.audit.exporting") : t("settings.audit.export")}
      </Button>
    </div>
  );
}
