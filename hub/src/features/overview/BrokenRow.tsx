import { LinkButton } from "../../ui/LinkButton.tsx";
import { Sentence } from "../../ui/Sentence.tsx";
import { Name, OwnName, Phone } from "../../ui/Name.tsx";
import { Link } from "@tanstack/react-router";
import type { WabaSummary } from "../../api/types.ts";
import { useMayAct } from "../../api/useMayAct.ts";
import { labelOf } from "../../labels.ts";
import { t } from "../../messages.ts";
import { ClientMark } from "../waba/ClientStrip.tsx";
import { WabaStatus } from "../../ui/Lamp.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import styles from "./BrokenRow.module.css";

/** One broken WABA: state, client, one sentence, since when, who must act, and a link to the fix. */
export function BrokenRow({ waba, index }: { waba: WabaSummary; index: number }) {
  const hasWayBack = waba.has_recovery;
  const mayOperate = useMayAct();
  const next =
    waba.status === "discovered" && mayOperate
      ? t("overview.adopt")
      : hasWayBack && waba.lamp === "red"
        ? t("overview.next")
        : t("overview.open");
  const [first, ...more] = waba.numbers;
  return (
    <li className="row-card" data-lamp={waba.lamp}>
      <div className="row-state">
        <WabaStatus waba={waba} />
      </div>
      <div className="row-text">
        <Link to="/wabas/$wabaId" params={{ wabaId: waba.id }} data-row={index} className="row-link">
          <Name>{waba.client.name}</Name>
        </Link>
        <OwnName name={waba.name} of={waba.client.name} />
        {first ? (
          <span className="muted">
            {" · "}
            <Phone of={first} />
            {more.length > 0 ? ` +${more.length}` : ""}
          </span>
        ) : null}
        <ClientMark waba={waba} />
        <p>
          <Sentence>{waba.summary}</Sentence>
        </p>
      </div>
      <dl className="row-facts">
        <div>
          <dt>{t("since")}</dt>
          <dd>
            <RelativeTime at={waba.since} />
          </dd>
        </div>
        <div>
          <dt>{t("wabas.columns.who")}</dt>
          <dd>{labelOf("who_must_act", waba.who_must_act)}</dd>
        </div>
      </dl>
      <LinkButton
        to="/wabas/$wabaId"
        params={{ wabaId: waba.id }}
        {...(hasWayBack ? { hash: "recovery" } : {})}
        className={styles.rowNext}
        aria-label={`${next}: ${waba.client.name}, ${waba.name}`}
      >
        {next}
      </LinkButton>
    </li>
  );
}
