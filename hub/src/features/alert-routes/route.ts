import type { AlertRoute, AlertRouteBody, AlertRouteChange } from "../../api/types.ts";

type Match = AlertRoute["match"];

/** What the form holds. Of the match "" is any; of the periods null is "as the rule says" or "never". */
export interface RouteWish {
  name: string;
  rule: string;
  severity: string;
  clientId: string;
  tag: string;
  ownerId: string;
  channelIds: string[];
  pendingS: number | null;
  keepFiringS: number | null;
  repeatS: number | null;
  quietHours: { from: string; to: string; time_zone: string } | null;
  escalateAfterS: number | null;
  escalateTo: string[];
}

export const EMPTY_WISH: RouteWish = {
  ...{ name: "", rule: "", severity: "", clientId: "", tag: "", ownerId: "", channelIds: [] },
  ...{ pendingS: null, keepFiringS: null, repeatS: null, quietHours: null },
  ...{ escalateAfterS: null, escalateTo: [] },
};

export const wishOf = (route: AlertRoute): RouteWish => ({
  ...{ name: route.name, rule: route.match.rule ?? "", severity: route.match.severity ?? "" },
  ...{ clientId: route.match.client_id ?? "", tag: route.match.tag ?? "" },
  ...{ ownerId: route.match.owner_id ?? "", channelIds: route.channel_ids },
  ...{ pendingS: route.pending_s, keepFiringS: route.keep_firing_s, repeatS: route.repeat_s },
  ...{ quietHours: route.quiet_hours, escalateAfterS: route.escalate_after_s },
  escalateTo: route.escalate_to,
});

function matchOf({ rule, severity, clientId, tag, ownerId }: RouteWish): Match {
  return {
    // The form offers the labels of the API, which are its values.
    ...(rule !== "" && { rule: rule as NonNullable<Match["rule"]> }),
    ...(severity !== "" && { severity: severity as NonNullable<Match["severity"]> }),
    ...(clientId !== "" && { client_id: clientId }),
    ...(tag.trim() !== "" && { tag: tag.trim() }),
    ...(ownerId !== "" && { owner_id: ownerId }),
  };
}

const isTime = (text: string): boolean => /^\d\d:\d\d$/.test(text);

/** What is sent; undefined while something is missing. */
export function bodyOf(wish: RouteWish): AlertRouteBody | undefined {
  const { quietHours, escalateAfterS, escalateTo } = wish;
  if (wish.name.trim() === "") return undefined;
  if (quietHours !== null && !(isTime(quietHours.from) && isTime(quietHours.to))) return undefined;
  if (escalateAfterS !== null && escalateTo.length === 0) return undefined;
  return {
    ...{ name: wish.name.trim(), match: matchOf(wish), channel_ids: wish.channelIds },
    ...{ pending_s: wish.pendingS, keep_firing_s: wish.keepFiringS, repeat_s: wish.repeatS },
    ...{ quiet_hours: quietHours, escalate_after_s: escalateAfterS },
    escalate_to: escalateAfterS === null ? [] : escalateTo,
  };
}

/** What is sent to change the route: only what the person changed; undefined while that is nothing. */
export function changeOf(route: AlertRoute, wish: RouteWish): AlertRouteChange | undefined {
  const wanted = bodyOf(wish);
  const before = bodyOf(wishOf(route));
  if (wanted === undefined) return undefined;
  const changed = Object.entries(wanted).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(before?.[name as keyof AlertRouteBody]),
  );
  return changed.length === 0 ? undefined : Object.fromEntries(changed);
}
