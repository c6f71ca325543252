import { Button, TextInput } from "@mantine/core";
import { t } from "../../messages.ts";
import { Icon } from "../../ui/icons.tsx";
import settings from "../settings/settings.module.css";
import type { HeaderRow } from "./endpoint.ts";
import styles from "./webhooks.module.css";

/** `kept`: names of the headers that the endpoint has; `rows` null: they stay. */
export function HeaderRows(props: {
  rows: HeaderRow[] | null;
  kept: string[];
  onChange: (rows: HeaderRow[] | null) => void;
}) {
  const { rows, kept, onChange } = props;
  const put = (at: number, row: HeaderRow): void =>
    onChange((rows ?? []).map((each, index) => (index === at ? row : each)));
  return (
    <fieldset className={settings.choiceList}>
      <legend>{t("settings.webhooks.headers")}</legend>
      <p className="muted small">{t("settings.webhooks.headers_hint")}</p>
      {rows === null ? (
        <p>
          <span className="mono">{kept.join(", ")}</span>{" "}
          <button
            type="button"
            className="text-button"
            onClick={() => onChange(kept.map((name) => [name, ""]))}
          >
            {t("settings.webhooks.headers_replace")}
          </button>
        </p>
      ) : (
        <>
          {rows.map(([name, value], index) => (
            // The rows have no name, only their position.
            <div key={index} className={styles.headerRow}>
              <TextInput
                aria-label={t("settings.webhooks.header_name", { line: index + 1 })}
                placeholder="Authorization"
                maxLength={100}
                autoComplete="off"
                spellCheck={false}
                value={name}
                onChange={(event) => put(index, [event.target.value, value])}
              />
              <TextInput
                aria-label={t("settings.webhooks.header_value", { line: index + 1 })}
                placeholder="Bearer …"
                maxLength={1000}
                autoComplete="off"
                spellCheck={false}
                value={value}
                onChange={(event) => put(index, [name, event.target.value])}
              />
              <Button
                className="button-icon"
                aria-label={t("settings.webhooks.header_remove", { line: index + 1 })}
                onClick={() => onChange(rows.filter((_row, at) => at !== index))}
              >
                <Icon name="close" />
              </Button>
            </div>
          ))}
          <div className="row">
            <button type="button" className="text-button" onClick={() => onChange([...rows, ["", ""]])}>
              {t("settings.webhooks.header_add")}
            </button>
            {kept.length === 0 ? null : (
              <button type="button" className="text-button" onClick={() => onChange(null)}>
                {t("settings.webhooks.headers_keep")}
              </button>
            )}
          </div>
        </>
      )}
    </fieldset>
  );
}
