import { Button, TextInput } from "@mantine/core";
import { t } from "../../messages.ts";
import { Icon } from "../../ui/icons.tsx";
import type { Invitation } from "./invitation.ts";
import styles from "./MetadataRows.module.css";

type Rows = Invitation["metadata"];

export function MetadataRows({ rows, onChange }: { rows: Rows; onChange: (rows: Rows) => void }) {
  const put = (at: number, row: Rows[number]): void =>
    onChange(rows.map((each, index) => (index === at ? row : each)));
  return (
    <fieldset>
      <legend>{t("onboarding.dialog.metadata")}</legend>
      <p className="muted small">{t("onboarding.dialog.metadata_hint")}</p>
      {rows.map(([key, value], index) => (
        // The rows have no name, only their position.
        <div key={index} className={styles.metadataRow}>
          <TextInput
            aria-label={`${t("onboarding.dialog.key")} ${index + 1}`}
            placeholder={t("onboarding.dialog.key")}
            maxLength={100}
            value={key}
            onChange={(event) => put(index, [event.target.value, value])}
          />
          <TextInput
            aria-label={`${t("onboarding.dialog.value")} ${index + 1}`}
            placeholder={t("onboarding.dialog.value")}
            maxLength={1000}
            value={value}
            onChange={(event) => put(index, [key, event.target.value])}
          />
          <Button
            className="button-icon"
            aria-label={t("onboarding.dialog.remove_row", { line: index + 1 })}
            onClick={() => onChange(rows.filter((_row, at) => at !== index))}
          >
            <Icon name="close" />
          </Button>
        </div>
      ))}
      <button type="button" className="text-button" onClick={() => onChange([...rows, ["", ""]])}>
        {t("onboarding.dialog.add_row")}
      </button>
    </fieldset>
  );
}
