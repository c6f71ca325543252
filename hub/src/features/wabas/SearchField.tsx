import { TextInput } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { t } from "../../messages.ts";
import { Icon } from "../../ui/icons.tsx";
import styles from "./SearchField.module.css";

const TYPING_MS = 180;

/**
 * Writes to the address when typing pauses; follows the address when something else changes it (back, a
 * link).
 */
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
  const [typed, setTyped] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const sent = useRef(value);
  useEffect(() => {
    if (value === sent.current) return;
    sent.current = value;
    setTyped(value);
  }, [value]);
  useEffect(() => () => clearTimeout(timer.current), []);

  const send = (next: string): void => {
    clearTimeout(timer.current);
    sent.current = next.trim();
    onChange(next.trim());
  };
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
        onChange={(event) => {
          const next = event.target.value;
          setTyped(next);
          clearTimeout(timer.current);
          timer.current = setTimeout(() => send(next), TYPING_MS);
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter") send(typed);
          if (event.key !== "Escape") return;
          // The browser would empty the field.
          event.preventDefault();
          event.currentTarget.blur();
        }}
      />
    </div>
  );
}
