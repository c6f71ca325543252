import type { Incident } from "../../../sharing/rules/incident.ts";
import { english } from "../../../messages/english.ts";
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
  const detail = english(`incident.detail.${endedWhy ?? cause}`, values);
  const why = `incident.reason.${incident.reason}`;
  return {
    id,
    connection: incident.connectionId,
    about,
    reason: incident.reason,
    title: english(`incident.${endedWhy === null ? "title" : "title_ended"}.${cause}`, values),
    detail: english.has(why) ? `${english(why)}. ${detail}` : detail,
    opened_at: isoOf(incident.openedAt),
    ended_at: isoOrNull(incident.endedAt),
    ended_why: endedWhy,
    probed: incident.probed,
    troubled: incident.troubled,
    most_troubled: incident.mostTroubled,
    confirmed: incident.confirmed,
  };
}
