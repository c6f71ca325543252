import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { openIncidentsQuery, overviewQuery } from "../../api/queries.ts";
import type { Incident, Overview } from "../../api/types.ts";
import { t } from "../../messages.ts";
import { Lamp } from "../../ui/Lamp.tsx";
import { LinkButton } from "../../ui/LinkButton.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import { Sentence } from "../../ui/Sentence.tsx";
import shared from "./overview.module.css";
import styles from "./IncidentBanner.module.css";

/** One banner above all counts for many WABAs that fail together. */
export function IncidentBanner() {
  const incidents = useQuery(openIncidentsQuery).data?.data ?? [];
  const sending = useQuery(overviewQuery).data?.sending;
  const isNamed = incidents.some(isOfToken);
  return (
    <>
      {sending && sending.refused_by_token.wabas > 0 && !isNamed ? <Stopped sending={sending} /> : null}
      {incidents.map((incident) => (
        <IncidentRow key={incident.id} incident={incident} sending={sending} />
      ))}
    </>
  );
}

type Sending = Overview["sending"];

const isOfToken = ({ about, reason }: Incident): boolean =>
  about === "provider" && reason === "provider_token_invalid";

/** A fault of ours is as red as a client's, with its repair. A problem at Meta stops no messages. */
function IncidentRow({ incident, sending }: { incident: Incident; sending: Sending | undefined }) {
  const isOurs = incident.about === "provider";
  const refused = sending?.refused_by_token;
  return (
    <section data-part="incident" className={shared.incident} data-lamp={isOurs ? "red" : "amber"}>
      <Lamp lamp={isOurs ? "red" : "amber"} />
      <div>
        <div role="status">
          <h2 className={shared.incidentTitle}>
            {refused && refused.wabas > 0 && isOfToken(incident)
              ? t("overview.all_stopped", { wabas: refused.wabas, numbers: refused.numbers })
              : incident.title}
          </h2>
          <p>
            <Sentence>{incident.detail}</Sentence>
          </p>
          {!isOurs && sending && sending.unverified.wabas > 0 ? (
            <p>{t("overview.still_sending", { wabas: sending.unverified.wabas })}</p>
          ) : null}
          {isOfToken(incident) ? <TokenSteps /> : null}
        </div>
        <p className="muted small">
          {t("overview.incident_since")} <RelativeTime at={incident.opened_at} />
        </p>
        {isOurs ? <ToConnection /> : null}
        {incident.explained === 0 ? null : (
          <Link to="/wabas" search={{ broken: "true", incident: incident.id }} className="text-link">
            {t("overview.affected", { wabas: incident.explained })}
          </Link>
        )}
      </div>
    </section>
  );
}

/** Shown before enough WABAs were probed for an incident. */
const Stopped = ({ sending: { refused_by_token: refused } }: { sending: Sending }) => (
  <section data-part="incident" className={shared.incident} data-lamp="red" role="status">
    <Lamp lamp="red" />
    <div>
      <h2 className={shared.incidentTitle}>
        {t("overview.stopped", { wabas: refused.wabas, numbers: refused.numbers })}
      </h2>
      <p>{t("overview.stopped_detail")}</p>
      <TokenSteps />
      <ToConnection />
    </div>
  </section>
);

const TokenSteps = () => (
  <ol className={styles.incidentSteps}>
    <li>{t("overview.token_steps.create")}</li>
    <li>{t("overview.token_steps.set")}</li>
  </ol>
);

const ToConnection = () => (
  <p>
    <LinkButton to="/connection" variant="filled">
      {t("connection.banner_link")}
    </LinkButton>
  </p>
);
