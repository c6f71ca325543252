import { useSyncExternalStore } from "react";
import type { WabaNumber } from "../../api/types.ts";
import { labelOf } from "../../labels.ts";
import { t } from "../../messages.ts";
import { leftOf } from "../../time/format.ts";
import { serverNow, subscribeToSeconds } from "../../time/server-clock.ts";
import { Lamp } from "../../ui/Lamp.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import { activityTextOf } from "./app-activity.ts";
import styles from "./AppLink.module.css";

/**
 * The link between a number and the WhatsApp Business app: Meta restoring it, or when the app was last
 * opened.
 */
export function AppLink({ number }: { number: WabaNumber }) {
  return (
    <>
      {number.countdown_until ? <Countdown until={number.countdown_until} /> : null}
      {number.app_activity ? <AppActivity appActivity={number.app_activity} /> : null}
    </>
  );
}

/** Amber: no action is needed until the time is over. */
function Countdown({ until }: { until: string }) {
  const left = useSyncExternalStore(subscribeToSeconds, () => leftOf(until, serverNow()));
  return (
    <div className={styles.appLink} data-state="due_soon">
      <p>
        {t("app_link.restoring")} <strong role="timer">{left ?? t("app_link.over")}</strong>
      </p>
      <p className="muted small">{t("app_link.restoring_next")}</p>
    </div>
  );
}

function AppActivity({ appActivity }: { appActivity: NonNullable<WabaNumber["app_activity"]> }) {
  const { state, confirmed_at: at, confirmed_by: by, overdue_at: limit } = appActivity;
  const { lamp, text } = activityTextOf(appActivity);
  return (
    <div className={styles.appLink} data-state={state}>
      <p className="row">
        <Lamp lamp={lamp} size={14} />
        <span>{text}</span>
      </p>
      <p className="muted small">
        {at && by ? (
          <>
            {labelOf("app_activity_confirmed_by", by)} <RelativeTime at={at} focusable />.
          </>
        ) : (
          t("app_link.unconfirmed")
        )}{" "}
        {t(`app_link.limit.${state}`)} <RelativeTime at={limit} focusable />.
      </p>
    </div>
  );
}
