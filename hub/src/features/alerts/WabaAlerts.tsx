import { Link } from "@tanstack/react-router";
import { useQuery } from "@tanstack/react-query";
import { say } from "../../alert-messages.ts";
import { wabaAlertsQuery } from "../../api/queries.ts";
import { useIsLimited } from "../../api/useMayAct.ts";
import { AlertActs } from "./AlertActs.tsx";
import { Handled } from "./AlertFacts.tsx";
import { AlertStatus } from "./AlertStatus.tsx";
import { lampOfAlert } from "./alert.ts";
import styles from "./alerts.module.css";

/** The alerts of a WABA that are not over: who is on them, and what can be done. */
export function WabaAlerts({ wabaId }: { wabaId: string }) {
  const isLimited = useIsLimited();
  const open = useQuery({ ...wabaAlertsQuery(wabaId), enabled: !isLimited }).data?.data.filter(
    ({ state }) => state !== "resolved",
  );
  if (!open?.length) return null;
  return (
    <section aria-label={say("of_waba")} className={styles.strips}>
      {open.map((alert) => (
        <div key={alert.id} className={styles.strip} data-alert={alert.id} data-lamp={lampOfAlert(alert)}>
          <div>
            <p className={styles.stripTitle}>
              <AlertStatus of={alert} />
              <Link className="row-link" to="/alerts/$alertId" params={{ alertId: alert.id }} data-focus>
                {alert.title}
              </Link>
            </p>
            <Handled of={alert} />
          </div>
          <AlertActs of={alert} />
        </div>
      ))}
    </section>
  );
}
