import { Link } from "@tanstack/react-router";
import { useSyncExternalStore } from "react";
import { say } from "../../alert-messages.ts";
import type { Alert } from "../../api/types.ts";
import { durationOf } from "../../time/duration.ts";
import { fullTimeOf, spokenTimeOf } from "../../time/format.ts";
import { serverNow, subscribeToSeconds } from "../../time/server-clock.ts";
import { Name } from "../../ui/Name.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import { affectedOf, isSnoozed } from "./alert.ts";
import styles from "./alerts.module.css";

/** Since when it holds, or when it was over and how long it lasted. */
export function Lasting({ of: { started_at, ended_at, lasted_s } }: { of: Alert }) {
  return (
    <>
      <div>
        <dt>{say(ended_at === null ? "since" : "resolved")}</dt>
        <dd>
          <RelativeTime at={ended_at ?? started_at} />
        </dd>
      </div>
      {ended_at === null ? null : (
        <div>
          <dt>{say("lasted")}</dt>
          <dd>{durationOf(lasted_s * 1000)}</dd>
        </div>
      )}
    </>
  );
}

/** The WABAs that it is about: the first by name, and how many more. */
export function Affected({ of: alert }: { of: Alert }) {
  const { named, moreCount } = affectedOf(alert);
  if (alert.waba_count === 0) return null;
  return (
    <p className={styles.affected}>
      {named.map(({ id, name }, index) => (
        <span key={id}>
          {index === 0 ? null : ", "}
          <Link to="/wabas/$wabaId" params={{ wabaId: id }}>
            <Name>{name}</Name>
          </Link>
        </span>
      ))}
      {moreCount === 0 ? null : <> {say("more_wabas", { count: moreCount })}</>}
    </p>
  );
}

/** Who is on it, and until when it is quiet. */
export function Handled({ of: alert }: { of: Alert }) {
  const { acknowledged_by: by, acknowledged_at: at, snoozed_until: until } = alert;
  const snoozed = useSyncExternalStore(subscribeToSeconds, () => isSnoozed(alert, serverNow()));
  if (by === null && !snoozed) return null;
  if (alert.state === "resolved" && by === null) return null;
  return (
    <p className={styles.handled}>
      {by === null ? null : (
        <span>
          {say("acknowledged_by")} <Name>{by.name}</Name> <RelativeTime at={at} />
        </span>
      )}
      {!snoozed || alert.state === "resolved" ? null : until === null ? (
        <span>{say("snoozed_worse")}</span>
      ) : (
        <span title={fullTimeOf(until)}>
          {say("snoozed_until")} {spokenTimeOf({ at: until, timeOnly: false, exact: false }, serverNow())}
        </span>
      )}
    </p>
  );
}
