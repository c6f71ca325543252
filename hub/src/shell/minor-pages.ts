import { t } from "../messages.ts";

/** Pages that are seldom needed on a phone: there they are in the account's menu, not in the bar. */
export const MINOR_PAGES = [
  { to: "/observe", icon: "eye", label: t("nav.observe") },
  { to: "/connection", icon: "pulse", label: t("nav.connection") },
  { to: "/settings", icon: "key", label: t("nav.settings") },
] as const;

/** The pages that make sense for somebody who sees one client's WABAs only; the others are about all. */
export const isForLimited = (to: string): boolean => to === "/wabas" || to === "/settings";

export const isMinor = (to: string): boolean => MINOR_PAGES.some((page) => page.to === to);
