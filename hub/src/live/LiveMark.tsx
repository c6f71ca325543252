import { useQueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { subscribeToSeconds } from "../time/server-clock.ts";
import { t } from "../messages.ts";
import { ageOf } from "../time/duration.ts";
import { connectionState, subscribeToConnection } from "./connection.ts";
import { pageAgeS } from "./Live.tsx";
import styles from "./LiveMark.module.css";

/**
 * Always visible: whether the page is live, or how old it is. The banner announces a lost stream to a screen
 * reader.
 */
export function LiveMark() {
  const queries = useQueryClient();
  const state = useSyncExternalStore(subscribeToConnection, () => connectionState().state);
  const age = useSyncExternalStore(subscribeToSeconds, () => ageOf(pageAgeS(queries)));
  const text =
    state === "live" ? t("live.live") : state === "lost" ? t("live.updated", { age }) : t("live.connecting");
  return (
    <p data-part="live-mark" className={styles.liveMark} data-state={state} title={text}>
      <span className={styles.liveDot} aria-hidden="true" />
      <span className="nav-word">{text}</span>
    </p>
  );
}
