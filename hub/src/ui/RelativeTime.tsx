import { useSyncExternalStore } from "react";
import { exactTimeOf, fullTimeOf, relativeTimeOf } from "../time/format.ts";
import { serverNow, subscribeToSeconds } from "../time/server-clock.ts";
import { t } from "../messages.ts";
import styles from "./RelativeTime.module.css";

/**
 * "3 min ago", ticking, against the server's clock; the exact instant on hover, on focus (`focusable`) and to
 * a screen reader.
 */
export function RelativeTime({
  at,
  focusable = false,
}: {
  at: string | null | undefined;
  focusable?: boolean;
}) {
  const text = useSyncExternalStore(subscribeToSeconds, () => (at ? relativeTimeOf(at, serverNow()) : ""));
  if (!at) return <span className="muted">{t("never")}</span>;
  return (
    <time
      data-part="rel"
      className={styles.rel}
      dateTime={at}
      title={fullTimeOf(at)}
      data-exact={exactTimeOf(at)}
      {...(focusable ? { tabIndex: 0 } : {})}
    >
      {text}
      <span className="vh">, {exactTimeOf(at)}</span>
    </time>
  );
}
