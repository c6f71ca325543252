import type { Incident } from "../../../sharing/rules/incident.ts";
import { en } from "../../../messages/english.ts";
import { fillText } from "../../../messages/fill-text.ts";
import { isoOf, isoOrNull } from "../wabas/render-waba.ts";

/** Only an incident about our own dead token stops messages. */
const causeOf = ({ about, reason }: Incident): "meta" | "provider" | "token" =>
  about === "provider" && reason === "provider_token_invalid" ? "token" : about;

/** An incident as the API shows it, with the sentences that people read. Pure. */
export function renderIncident(incident: Incident) {
  const { id, about, endedWhy } = incident;
  const values = {
    troubled: incident.mostTroubled,
    probed: Math.max(incident.probed, incident.mostTroubled),
    confirmed: incident.confirmed,
  };
  const cause = causeOf(incident);
  const reasons: Record<string, string> = en.incident.reason;
  const detail = fillText(en.incident.detail[endedWhy ?? cause], values);
  const why = reasons[incident.reason];
  return {
    id,
    connection: incident.connectionId,
    about,
    reason: incident.reason,
    title: fillText((endedWhy === null ? en.incident.title : en.incident.title_ended)[cause], values),
    detail: why === undefined ? detail : `${why}. ${detail}`,
    opened_at: isoOf(incident.openedAt),
    ended_at: isoOrNull(incident.endedAt),
    ended_why: endedWhy,
    probed: incident.probed,
    troubled: incident.troubled,
    most_troubled: incident.mostTroubled,
    confirmed: incident.confirmed,
  };
}
