/** What stands between us and an address. Instants: ms since the epoch. */
export interface MailAddress {
  /** What its unsubscribe link names. */
  id: string;
  /** In lower case. */
  address: string;
  unsubscribedAt: number | null;
  unsubscribedHow: UnsubscribedHow | null;
  bouncedAt: number | null;
  bounceDetail: string | null;
}

export type UnsubscribedHow = "page" | "one_click" | "complaint";

/** Addresses are compared in lower case. */
export const normalOf = (address: string): string => address.trim().toLowerCase();
