import type { SetupCheck, SetupCheckName } from "../sharing/status/setup-issues.ts";
import { businessSuiteLinkOf } from "./partner-steps.ts";

interface Place {
  wabaId: string;
  clientBusinessId: string | null;
}

/**
 * Meta's screens for repairing setup issues. Meta documents none of these addresses; they are in use in
 * public code (2026). Without the portfolio Meta opens the one used last. Issues without an entry are
 * repaired by us or nowhere.
 */
const SCREENS: Partial<Record<SetupCheckName, (place: Place) => string>> = {
  system_user: (place) => businessSuiteLinkOf(place, ""),
  payment: ({ clientBusinessId }) =>
    `/billing_hub/payment_settings${queryOf({ business_id: clientBusinessId })}`,
  number: (place) => managerOf("phone_numbers", place),
  name: (place) => managerOf("phone_numbers", place),
  health: (place) => managerOf("overview", place),
  sending: (place) => managerOf("overview", place),
};

const managerOf = (screen: string, { wabaId, clientBusinessId }: Place): string =>
  `/latest/whatsapp_manager/${screen}/${queryOf({ business_id: clientBusinessId, asset_id: wabaId })}`;

function queryOf(parameters: Record<string, string | null>): string {
  const given = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== null);
  return given.length === 0 ? "" : `?${new URLSearchParams(given).toString()}`;
}

/** Where the client repairs it; undefined where the client cannot. */
export function metaScreenOf(
  { check, verdict, who }: Pick<SetupCheck, "check" | "verdict" | "who">,
  place: Place,
  businessSuiteUrl: string,
): string | undefined {
  if (verdict === "yes" || who !== "client") return undefined;
  const path = SCREENS[check]?.(place);
  return path === undefined ? undefined : businessSuiteUrl + path;
}
