import { Button } from "@mantine/core";
import { useEffect, useState } from "react";
import { announce } from "./announce.ts";
import { Icon } from "./icons.tsx";
import { t } from "../messages.ts";
import styles from "./Copy.module.css";

const CONFIRM_MS = 1_600;

/** Writes to the clipboard, even if the page has no secure origin (plain http on another host). */
async function copyText(text: string): Promise<void> {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

/** Copies, announces it, and is `true` for a moment. */
export function useCopied(): [boolean, (text: string) => void] {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), CONFIRM_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = (text: string): void => {
    void copyText(text).then(() => {
      setCopied(true);
      announce(t("copied"));
    });
  };
  return [copied, copy];
}

/** An id in monospace; a click copies it and announces that. `what` names it for a screen reader. */
export function CopyId({ value, what }: { value: string; what: string }) {
  const [copied, copy] = useCopied();
  return (
    <button
      type="button"
      className="copy-id"
      title={t("copy", { what })}
      aria-label={`${t("copy", { what })}: ${value}`}
      onClick={(event) => {
        event.stopPropagation();
        copy(value);
      }}
    >
      <span className="mono">{value}</span>
      <span className={styles.copyMark} data-copied={copied}>
        <Icon name={copied ? "check" : "copy"} size={12} />
      </span>
    </button>
  );
}

/** A full button for a value that must be copied for the next step. */
export function CopyButton({ value, what }: { value: string; what: string }) {
  const [copied, copy] = useCopied();
  return (
    <Button aria-label={copied ? t("copied") : t("copy", { what })} onClick={() => copy(value)}>
      <Icon name={copied ? "check" : "copy"} />
      {copied ? t("copied") : t("copy_short")}
    </Button>
  );
}
