import { Button } from "@mantine/core";
import { useEffect, useState } from "react";
import { announce } from "./announce.ts";
import { Icon } from "./icons.tsx";
import { t } from "../messages.ts";
import styles from "./Copy.module.css";

const CONFIRM_MS = 1_600;

/**
 * Writes to the clipboard, even if the page has no secure origin (plain http on another host). Rejects where
 * the browser does not allow it.
 */
async function copyText(text: string | Promise<string>): Promise<void> {
  if (!navigator.clipboard) return copyByCommand(await text);
  if (typeof text === "string") return navigator.clipboard.writeText(text);
  // Safari allows a write only within the click: it begins there, and the text may come later.
  const blob = text.then((known) => new Blob([known], { type: "text/plain" }));
  await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
}

function copyByCommand(text: string): void {
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  const isCopied = document.execCommand("copy");
  area.remove();
  if (!isCopied) throw new Error("The browser did not copy.");
}

/**
 * Copies, announces it, and is `true` for a moment. The text may still be on its way. `onRefused`: the
 * browser did not copy it, or it did not come.
 */
export function useCopied(): [boolean, (text: string | Promise<string>, onRefused?: () => void) => void] {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), CONFIRM_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = (text: string | Promise<string>, onRefused?: () => void): void => {
    void copyText(text).then(
      () => {
        setCopied(true);
        announce(t("copied"));
      },
      () => onRefused?.(),
    );
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
