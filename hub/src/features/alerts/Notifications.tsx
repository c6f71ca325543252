import { say } from "../../alert-messages.ts";
import type { Alert, AlertNotification, Lamp } from "../../api/types.ts";
import { labelOf } from "../../labels.ts";
import { Lamp as LampMark } from "../../ui/Lamp.tsx";
import { Name } from "../../ui/Name.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import styles from "./alerts.module.css";

/** Who was told, why, and whether it arrived, newest first. */
export function Notifications({ of: alert }: { of: Alert }) {
  const { notifications } = alert;
  return (
    <section className="panel" aria-labelledby="told-title">
      <h2 id="told-title">{say("told")}</h2>
      {notifications.length === 0 ? (
        <p className="muted">{say("told_nobody")}</p>
      ) : (
        <ol className={styles.told}>
          {notifications.map((notification) => (
            <Told key={notification.id} of={notification} />
          ))}
        </ol>
      )}
    </section>
  );
}

const LAMPS: Record<string, Lamp> = { sent: "green", failed: "red", dropped: "grey", pending: "grey" };

function Told({ of: { to, at, why, kind, outcome, detail } }: { of: AlertNotification }) {
  return (
    <li>
      <LampMark lamp={LAMPS[outcome] ?? "amber"} />
      <div>
        <p className={styles.toldTitle}>
          <strong>
            <Name>{to}</Name>
          </strong>
          <span>{labelOf("alert_notification_kind", kind)}</span>
          <span className="muted">{labelOf("alert_notification_outcome", outcome)}</span>
          <RelativeTime at={at} focusable />
        </p>
        <p className="muted small">{say("told_why", { why })}</p>
        {detail === null ? null : <p className="small">{detail}</p>}
      </div>
    </li>
  );
}
