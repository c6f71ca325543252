import { Badge } from "@mantine/core";
import { Name, OwnName } from "../../ui/Name.tsx";
import { Link } from "@tanstack/react-router";
import { useSyncExternalStore } from "react";
import type { ObservedStep } from "../../api/types.ts";
import { labelOf, reasonLabelOf } from "../../labels.ts";
import { t } from "../../messages.ts";
import { serverNow, subscribeToSeconds } from "../../time/server-clock.ts";
import { Status } from "../../ui/Lamp.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import { durationOf } from "../../time/duration.ts";
import styles from "./ClosingRow.module.css";

/** One would-be closing: state, client, reason, doubt and duration. */
export function ClosingRow({ step, index }: { step: ObservedStep; index: number }) {
  const doubt =
    step.accepted_by_meta > 0
      ? t("observe.doubt.accepted")
      : step.refuted
        ? t("observe.doubt.refuted")
        : null;
  return (
    <li className="row-card">
      <div className="row-state">
        <Status
          lamp={step.ended_at ? "grey" : "red"}
          label={step.ended_at ? t("observe.over") : t("observe.lasts")}
        />
      </div>
      <div className="row-text">
        <Link to="/wabas/$wabaId" params={{ wabaId: step.waba_id }} data-row={index} className="row-link">
          <Name>{step.client_name}</Name>
        </Link>
        <OwnName name={step.name} of={step.client_name} />
        <span className="muted">{step.number_id === null ? "" : ` · ${t("observe.number_only")}`} </span>
        {step.mode === "enforce" ? <Badge component="span">{t("observe.enforced_now")}</Badge> : null}
        <p>{causeOf(step)}</p>
        {doubt ? <p className={styles.doubt}>{doubt}</p> : null}
      </div>
      <dl className="row-facts">
        <div>
          <dt>{t("observe.closed")}</dt>
          <dd>
            <RelativeTime at={step.at} focusable />
          </dd>
        </div>
        <div>
          <dt>{step.ended_at ? t("observe.lasted") : t("observe.lasts_for")}</dt>
          <dd>
            <Lasting step={step} />
          </dd>
        </div>
        <div>
          <dt>{t("observe.meta")}</dt>
          <dd>
            {step.accepted_by_meta + step.refused_by_meta === 0
              ? t("observe.meta_none")
              : t("observe.meta_counts", { accepted: step.accepted_by_meta, refused: step.refused_by_meta })}
          </dd>
        </div>
      </dl>
    </li>
  );
}

/** The label of the reason; where there is none, of the status. */
const causeOf = ({ reason, status }: ObservedStep): string =>
  reasonLabelOf(reason) || labelOf("status", status);

function Lasting({ step }: { step: ObservedStep }) {
  const ms = useSyncExternalStore(subscribeToSeconds, () => {
    const end = step.ended_at ? Date.parse(step.ended_at) : serverNow();
    return Math.max(1000, Math.floor((end - Date.parse(step.at)) / 1000) * 1000);
  });
  return durationOf(ms);
}
