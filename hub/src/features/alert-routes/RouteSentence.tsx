import { useQuery } from "@tanstack/react-query";
import { say } from "../../alert-messages.ts";
import { alertChannelsQuery, clientQuery } from "../../api/queries.ts";
import type { AlertRoute } from "../../api/types.ts";
import { isolated } from "../../isolated.ts";
import { labelOf } from "../../labels.ts";
import { durationOf } from "../../time/duration.ts";
import { useColleagues } from "../waba/useColleagues.ts";

const list = new Intl.ListFormat("en", { type: "conjunction" });

/** A route read aloud: which alerts, to whom, how often, when not, and who else. */
export function RouteSentence({ of: route }: { of: AlertRoute }) {
  const { match, quiet_hours: quiet } = route;
  const channels = useQuery(alertChannelsQuery).data?.data;
  const client = useQuery({ ...clientQuery(match.client_id ?? ""), enabled: match.client_id !== undefined });
  const owner = useColleagues(match.owner_id !== undefined).find(({ id }) => id === match.owner_id);
  const namesOf = (ids: readonly string[]): string =>
    list.format(ids.map((id) => isolated(channels?.find((each) => each.id === id)?.name ?? id)));
  const timeOf = (seconds: number): string => durationOf(seconds * 1000);
  const parts = [
    say("routes.which", { severity: match.severity ?? "any" }),
    match.rule && say("routes.about", { rule: labelOf("alert_rule", match.rule) }),
    match.client_id && say("routes.of_client", { client: isolated(client.data?.name ?? match.client_id) }),
    match.tag && say("routes.tagged", { tag: isolated(match.tag) }),
    match.owner_id && say("routes.owned", { owner: isolated(owner?.name ?? match.owner_id) }),
    route.channel_ids.length === 0
      ? say("routes.hub_only")
      : say("routes.goes_to", { channels: namesOf(route.channel_ids) }),
    route.pending_s !== null && say("routes.after", { time: timeOf(route.pending_s) }),
  ];
  const extras = [
    route.repeat_s !== null && say("routes.again", { time: timeOf(route.repeat_s) }),
    quiet !== null &&
      say("routes.quiet", {
        from: quiet.from,
        to: quiet.to,
        zone: quiet.time_zone,
        critical: match.severity === undefined || match.severity === "critical" ? "yes" : "no",
      }),
    route.escalate_after_s !== null &&
      route.escalate_to.length > 0 &&
      say("routes.escalates", {
        channels: namesOf(route.escalate_to),
        time: timeOf(route.escalate_after_s),
      }),
  ];
  const first = parts.filter((part) => part).join(" ");
  return <>{[first, ...extras.filter((part) => part)].join(", ")}.</>;
}
