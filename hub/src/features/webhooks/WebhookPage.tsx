import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { webhookEndpointQuery } from "../../api/queries.ts";
import type { WebhookEndpoint } from "../../api/types.ts";
import { t } from "../../messages.ts";
import type { EndpointSearch } from "../../shell/search.ts";
import { CopyId } from "../../ui/Copy.tsx";
import { LoadFailure } from "../../ui/Failures.tsx";
import { Icon } from "../../ui/icons.tsx";
import { PageSkeleton } from "../../ui/Skeleton.tsx";
import { useTitle } from "../../ui/useTitle.ts";
import { Only, SettingsPage } from "../settings/SettingsPage.tsx";
import { DeliveryLog } from "./DeliveryLog.tsx";
import { EndpointActs } from "./EndpointActs.tsx";
import type { Tested } from "./EndpointActDialogs.tsx";
import { EndpointDetails } from "./EndpointDetails.tsx";
import { EndpointState } from "./EndpointState.tsx";
import { EndpointTrouble } from "./EndpointTrouble.tsx";
import { TestResult } from "./TestResult.tsx";
import styles from "./webhooks.module.css";

const route = getRouteApi("/shell/settings/webhooks/$endpointId");

/** One endpoint and what was delivered to it. The filter and the open deliveries are in the address. */
export function WebhookPage() {
  const { endpointId: id } = route.useParams();
  const search = route.useSearch();
  const navigate = useNavigate();
  const onSearch = (change: EndpointSearch): void =>
    void navigate({
      to: "/settings/webhooks/$endpointId",
      params: { endpointId: id },
      search: { ...search, ...change },
      replace: true,
      resetScroll: false,
    });
  const onDeleted = (): void => void navigate({ to: "/settings/webhooks" });
  return (
    <Only
      for="operator"
      otherwise={(content) => <SettingsPage title={t("settings.webhooks.title")}>{content}</SettingsPage>}
    >
      <Webhook id={id} search={search} onSearch={onSearch} onDeleted={onDeleted} />
    </Only>
  );
}

interface Props {
  id: string;
  search: EndpointSearch;
  onSearch: (change: EndpointSearch) => void;
  onDeleted: () => void;
}

export function Webhook({ id, search, onSearch, onDeleted }: Props) {
  const query = useQuery(webhookEndpointQuery(id));
  useTitle(query.data ? new URL(query.data.url).host : t("settings.webhooks.title"));
  if (!query.data) {
    if (!query.error) return <PageSkeleton breadcrumb={<Crumb />} blocks={2} height={220} />;
    return (
      <LoadFailure
        error={query.error}
        onRetry={() => void query.refetch()}
        absentTitle={t("settings.webhooks.not_found_title", { id })}
        absentDetail={t("settings.webhooks.not_found_detail")}
      />
    );
  }
  return (
    <div className="page">
      <Crumb />
      <Content endpoint={query.data} search={search} onSearch={onSearch} onDeleted={onDeleted} />
    </div>
  );
}

function Content({
  endpoint,
  search,
  onSearch,
  onDeleted,
}: Omit<Props, "id"> & { endpoint: WebhookEndpoint }) {
  const [tested, setTested] = useState<Tested | null>(null);
  return (
    <>
      <header className="waba-head">
        <div className="waba-head-text">
          <h1 className={styles.head}>
            <bdi dir="ltr">{endpoint.url}</bdi>
          </h1>
          {endpoint.description === "" ? null : <bdi dir="auto">{endpoint.description}</bdi>}
          <p className="waba-sub">
            <CopyId value={endpoint.id} what={t("copied_things.endpoint_id")} />
          </p>
          <div>
            <EndpointState of={endpoint} />
          </div>
        </div>
        <div className="row">
          <EndpointActs of={endpoint} onTested={setTested} onDeleted={onDeleted} />
        </div>
      </header>
      <EndpointTrouble of={endpoint} />
      {tested === null ? null : <TestResult of={tested} onClose={() => setTested(null)} />}
      <div className="columns">
        <DeliveryLog endpoint={endpoint} search={search} onSearch={onSearch} />
        <EndpointDetails of={endpoint} />
      </div>
    </>
  );
}

const Crumb = () => (
  <div className="breadcrumb">
    <Link to="/settings/webhooks" className="crumb">
      <Icon name="left" size={14} />
      {t("settings.webhooks.title")}
    </Link>
  </div>
);
