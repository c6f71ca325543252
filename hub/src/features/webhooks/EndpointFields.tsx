import { NativeSelect, TextInput } from "@mantine/core";
import { t } from "../../messages.ts";
import { ClientsPicker } from "../settings/ClientPicker.tsx";
import settings from "../settings/settings.module.css";
import { isAddress, type EndpointWish } from "./endpoint.ts";
import { EventTypeChoice } from "./EventTypeChoice.tsx";
import { HeaderRows } from "./HeaderRows.tsx";
import styles from "./webhooks.module.css";

const ALGORITHMS = ["hmac-sha256", "ed25519"] as const;

/** Where events go, which, and how. `kept`: the headers of an endpoint that is there; null: it is new. */
export function EndpointFields(props: {
  wish: EndpointWish;
  kept: string[] | null;
  onChange: (change: Partial<EndpointWish>) => void;
}) {
  const { wish, kept, onChange } = props;
  const isWrong = wish.url.trim() !== "" && !isAddress(wish.url);
  return (
    <div className={settings.fields}>
      <TextInput
        label={t("settings.webhooks.url")}
        placeholder="https://crm.example.com/sharekeeper"
        type="url"
        data-autofocus
        autoComplete="off"
        spellCheck={false}
        maxLength={2000}
        value={wish.url}
        description={t("settings.webhooks.url_hint")}
        error={isWrong && wish.url.includes("://") ? t("settings.webhooks.url_wrong") : undefined}
        onChange={(event) => onChange({ url: event.target.value })}
      />
      <TextInput
        label={t("settings.webhooks.description")}
        placeholder={t("settings.webhooks.description_hint")}
        autoComplete="off"
        maxLength={200}
        value={wish.description}
        onChange={(event) => onChange({ description: event.target.value })}
      />
      <EventTypeChoice chosen={wish.types} onChange={(types) => onChange({ types })} />
      <details
        className={styles.more}
        open={wish.tags !== "" || wish.clientIds.length > 0 ? true : undefined}
      >
        <summary>{t("settings.webhooks.filter")}</summary>
        <div className={settings.fields}>
          <TextInput
            label={t("settings.webhooks.tags")}
            placeholder="vip, south"
            description={t("settings.webhooks.tags_hint")}
            autoComplete="off"
            value={wish.tags}
            onChange={(event) => onChange({ tags: event.target.value })}
          />
          <div>
            <p className="field-label">{t("settings.webhooks.clients")}</p>
            <ClientsPicker values={wish.clientIds} onChange={(clientIds) => onChange({ clientIds })} />
          </div>
        </div>
      </details>
      <details className={styles.more}>
        <summary>{t(kept === null ? "settings.webhooks.sending" : "settings.webhooks.headers")}</summary>
        <div className={settings.fields}>
          <HeaderRows rows={wish.headers} kept={kept ?? []} onChange={(headers) => onChange({ headers })} />
          {kept === null ? (
            <NativeSelect
              label={t("settings.webhooks.algorithm")}
              description={t(`settings.webhooks.algorithm_help.${wish.algorithm}`)}
              data={ALGORITHMS.map((value) => ({ value, label: t(`settings.webhooks.algorithms.${value}`) }))}
              value={wish.algorithm}
              onChange={({ currentTarget: { value } }) => onChange({ algorithm: algorithmOf(value) })}
            />
          ) : null}
        </div>
      </details>
    </div>
  );
}

const algorithmOf = (name: string): EndpointWish["algorithm"] =>
  ALGORITHMS.find((algorithm) => algorithm === name) ?? "hmac-sha256";
