import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { firingAlertsQuery } from "../api/queries.ts";
import { labelOf } from "../labels.ts";
import { noticeState } from "./notices.ts";

/**
 * Says in the browser that an alert began while nobody looks at the Hub: one notification per alert, also
 * with several tabs. Its tag is the alert's id.
 */
export function AlertNotices() {
  const navigate = useNavigate();
  const alerts = useQuery(firingAlertsQuery).data?.data;
  const known = useRef<Set<string>>(undefined);
  useEffect(() => {
    if (alerts === undefined) return;
    // What fires when the page is opened is no news.
    known.current ??= new Set(alerts.map(({ id }) => id));
    for (const alert of alerts) {
      if (known.current.has(alert.id)) continue;
      known.current.add(alert.id);
      if (document.visibilityState !== "hidden" || noticeState() !== "on") continue;
      const notice = new Notification(alert.title, {
        tag: alert.id,
        body: labelOf("alert_severity", alert.severity),
      });
      notice.onclick = () => {
        window.focus();
        void navigate({ to: "/alerts/$alertId", params: { alertId: alert.id } });
        notice.close();
      };
    }
  }, [alerts, navigate]);
  return null;
}
