import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { webhookEndpointsQuery } from "../../api/queries.ts";
import { useMayAct } from "../../api/useMayAct.ts";
import { t } from "../../messages.ts";
import { Icon } from "../../ui/icons.tsx";
import { Loaded } from "../../ui/Loaded.tsx";
import { Empty } from "../../ui/Problem.tsx";
import { Blocks } from "../../ui/Skeleton.tsx";
import { Only, SettingsPage, SettingsPanel } from "../settings/SettingsPage.tsx";
import type { Tested } from "./EndpointActDialogs.tsx";
import { CreateEndpointDialog } from "./EndpointFormDialogs.tsx";
import { EndpointTable } from "./EndpointTable.tsx";
import { TestResult } from "./TestResult.tsx";

/** The addresses that events are sent to. Operators read and try them, administrators change them. */
export const WebhooksPage = () => (
  <SettingsPage title={t("settings.webhooks.title")}>
    <Only for="operator">
      <Webhooks />
    </Only>
  </SettingsPage>
);

export function Webhooks() {
  const query = useQuery(webhookEndpointsQuery);
  const mayChange = useMayAct("admin");
  const [isCreating, setCreating] = useState(false);
  const [tested, setTested] = useState<Tested | null>(null);
  const create = mayChange ? (
    <Button variant="filled" onClick={() => setCreating(true)}>
      <Icon name="plus" />
      {t("settings.webhooks.create")}
    </Button>
  ) : null;
  return (
    <SettingsPanel
      id="webhooks-title"
      title={t("settings.webhooks.title")}
      lead={t("settings.webhooks.lead")}
      act={query.data?.data.length === 0 ? null : create}
    >
      <Loaded query={query} skeleton={<Blocks count={3} height={64} />}>
        {({ data }) =>
          data.length === 0 ? (
            <Empty
              title={t("settings.webhooks.empty_title")}
              detail={
                mayChange
                  ? t("settings.webhooks.empty_detail")
                  : `${t("settings.webhooks.empty_detail")} ${t("settings.webhooks.empty_ask")}`
              }
            >
              {create}
            </Empty>
          ) : (
            <div className="stack">
              {tested === null ? null : <TestResult of={tested} onClose={() => setTested(null)} />}
              <EndpointTable endpoints={data} onTested={setTested} />
            </div>
          )
        }
      </Loaded>
      {isCreating ? <CreateEndpointDialog onClose={() => setCreating(false)} /> : null}
    </SettingsPanel>
  );
}
