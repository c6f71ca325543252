import { TextInput } from "@mantine/core";
import { t } from "../../messages.ts";
import { Icon } from "../../ui/icons.tsx";
import { useTyped } from "../../ui/useTyped.ts";
import styles from "./SearchField.module.css";

/** Writes to the address when typing pauses. */
export function SearchField({
  value,
  onChange,
  label = t("wabas.search_label"),
  hint = t("wabas.search_hint"),
}: {
  value: string;
  onChange: (value: string) => void;
  label?: string;
  hint?: string;
}) {
  const { typed, type, send } = useTyped(value, onChange);
  return (
    <div className={styles.searchField} role="search">
      <TextInput
        data-search
        type="search"
        leftSection={<Icon name="search" />}
        rightSection={<kbd aria-hidden="true">/</kbd>}
        aria-label={label}
        placeholder={hint}
        value={typed}
        autoComplete="off"
        spellCheck={false}
        onChange={({ target }) => type(target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter") send();
          if (event.key !== "Escape") return;
          // The browser would empty the field.
          event.preventDefault();
          event.currentTarget.blur();
        }}
      />
    </div>
  );
}
