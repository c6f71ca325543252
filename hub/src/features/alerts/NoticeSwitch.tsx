import { Button } from "@mantine/core";
import { useSyncExternalStore } from "react";
import { say } from "../../alert-messages.ts";
import { noticeState, requestNotices, subscribeToNotices, switchNotices } from "../../shell/notices.ts";
import styles from "./alerts.module.css";

/** Whether this browser says so when an alert begins while the Hub is in the background. */
export function NoticeSwitch() {
  const state = useSyncExternalStore(subscribeToNotices, noticeState);
  if (state === "unavailable" || state === "blocked")
    return <p className={`muted small ${styles.notice}`}>{say(`notices.${state}`)}</p>;
  if (state === "on")
    return (
      <p className={`muted small ${styles.notice}`}>
        {say("notices.on")}{" "}
        <button type="button" className="text-button" onClick={() => switchNotices(false)}>
          {say("notices.stop")}
        </button>
      </p>
    );
  return (
    <Button onClick={() => (state === "off" ? switchNotices(true) : void requestNotices())}>
      {say("notices.start")}
    </Button>
  );
}
