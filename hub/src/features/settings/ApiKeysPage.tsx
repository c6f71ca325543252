import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { apiKeysQuery } from "../../api/queries.ts";
import type { ApiKey } from "../../api/types.ts";
import { t } from "../../messages.ts";
import { serverNow } from "../../time/server-clock.ts";
import { Icon } from "../../ui/icons.tsx";
import { Loaded } from "../../ui/Loaded.tsx";
import { Empty } from "../../ui/Problem.tsx";
import { Blocks } from "../../ui/Skeleton.tsx";
import { SearchField } from "../wabas/SearchField.tsx";
import { foundKeys, withoutSecret } from "./api-key.ts";
import { ApiKeyTable } from "./ApiKeyTable.tsx";
import { CreateApiKeyDialog } from "./CreateApiKeyDialog.tsx";
import { AdminPage, SettingsPanel } from "./SettingsPage.tsx";

const route = getRouteApi("/shell/settings/api-keys");

/** The programs' keys. The search is in the address, without the secret of a key that was pasted. */
export function ApiKeysPage() {
  const { q = "" } = route.useSearch();
  const navigate = useNavigate();
  const onSearch = (typed: string): void =>
    void navigate({
      to: "/settings/api-keys",
      search: { q: withoutSecret(typed) || undefined },
      replace: true,
      resetScroll: false,
    });
  return (
    <AdminPage title={t("settings.api_keys.title")}>
      <ApiKeys q={q} onSearch={onSearch} />
    </AdminPage>
  );
}

export function ApiKeys({ q, onSearch }: { q: string; onSearch: (typed: string) => void }) {
  const query = useQuery(apiKeysQuery);
  const [isCreating, setCreating] = useState(false);
  const create = (
    <Button variant="filled" onClick={() => setCreating(true)}>
      <Icon name="plus" />
      {t("settings.api_keys.create")}
    </Button>
  );
  return (
    <SettingsPanel
      id="api-keys-title"
      title={t("settings.api_keys.title")}
      lead={t("settings.api_keys.lead")}
      act={query.data?.data.length === 0 ? null : create}
    >
      <Loaded query={query} skeleton={<Blocks count={4} height={56} />}>
        {({ data }) =>
          data.length === 0 ? (
            <Empty title={t("settings.api_keys.empty_title")} detail={t("settings.api_keys.empty_detail")}>
              {create}
            </Empty>
          ) : (
            <div className="stack">
              <SearchField
                value={q}
                label={t("settings.api_keys.search")}
                hint={t("settings.api_keys.search_hint")}
                onChange={onSearch}
              />
              <Found keys={data} q={q} />
            </div>
          )
        }
      </Loaded>
      {isCreating ? <CreateApiKeyDialog onClose={() => setCreating(false)} /> : null}
    </SettingsPanel>
  );
}

function Found({ keys, q }: { keys: ApiKey[]; q: string }) {
  const found = foundKeys(keys, q, serverNow());
  return (
    <>
      <p className="vh" role="status">
        {t("settings.api_keys.count", { count: found.length })}
      </p>
      {found.length === 0 ? (
        <Empty title={t("settings.api_keys.none_title")} detail={t("settings.api_keys.none_detail")} />
      ) : (
        <ApiKeyTable keys={found} all={keys} />
      )}
    </>
  );
}
