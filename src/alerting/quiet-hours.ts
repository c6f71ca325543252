/** Hours of each day in which nobody wants to be woken, such as 22:00 to 07:00 in Europe/Berlin. */
export interface QuietHours {
  /** "22:00": a time of day. The same as `to`: all day. */
  from: string;
  to: string;
  /** A name of the IANA time zone database. */
  timeZone: string;
}
