import { useQuery } from "@tanstack/react-query";
import { openIncidentsQuery } from "../../api/queries.ts";
import { texts } from "../../texts.ts";
import { Lamp } from "../../ui/Lamp.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";

/** Many WABAs that fail together are one thing to read, above all counts: nobody has to wonder about each of them. */
export function IncidentBanner() {
  const incidents = useQuery(openIncidentsQuery).data?.data ?? [];
  return incidents.map((incident) => (
    <section key={incident.id} className="incident" role="status">
      <Lamp lamp="amber" />
      <div>
        <h2 className="incident-title">{incident.title}</h2>
        <p>{incident.detail}</p>
        <p className="muted small">
          {texts.overview.incidentSince} <RelativeTime at={incident.opened_at} />
        </p>
      </div>
    </section>
  ));
}
