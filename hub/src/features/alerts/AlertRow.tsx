import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Alert } from "../../api/types.ts";
import { AlertActs } from "./AlertActs.tsx";
import { Affected, Handled, Lasting } from "./AlertFacts.tsx";
import { AlertStatus } from "./AlertStatus.tsx";
import { lampOfAlert } from "./alert.ts";

/** One alert: how grave, what, of whom, since when, who is on it, and what can be done. */
export function AlertRow({ alert: listed, index }: { alert: Alert; index: number }) {
  // What the act came to, also where the list lost the row before the answer came.
  const [changed, setChanged] = useState<{ from: Alert; to: Alert } | null>(null);
  const alert = changed?.from === listed ? changed.to : listed;
  return (
    <li className="row-card" data-alert={alert.id} data-lamp={lampOfAlert(alert)}>
      <div className="row-state">
        <AlertStatus of={alert} />
      </div>
      <div className="row-text">
        <Link to="/alerts/$alertId" params={{ alertId: alert.id }} data-row={index} className="row-link">
          {alert.title}
        </Link>
        <Affected of={alert} />
        <Handled of={alert} />
      </div>
      <dl className="row-facts">
        <Lasting of={alert} />
      </dl>
      <AlertActs of={alert} onChanged={(to) => setChanged({ from: listed, to })} />
    </li>
  );
}
