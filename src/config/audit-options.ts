import { z } from "zod";
import { wholeNumber } from "./formats.ts";
import { everywhere, option } from "./option.ts";

/** How long the audit is kept, and where it is sent besides. */
export const AUDIT_OPTIONS = {
  auditRetentionMs: option({
    name: "AUDIT_RETENTION_DAYS",
    description:
      "How long the audit keeps its lines, in days. A daily job drops older ones from the beginning; the rest can still be verified.",
    expects: "a whole number of days from 1 to 36500",
    schema: wholeNumber(1, 36_500).transform((days) => days * 24 * 3600 * 1000),
    ...everywhere("730"),
  }),
  auditSink: option({
    name: "AUDIT_SINK",
    description:
      "Where each line of the audit is sent besides, as one line of JSON: `stdout`, or a syslog server (RFC 5424). `off`: nowhere.",
    expects: "off, stdout, or an address such as udp://logs.example.com:514 or tcp://logs.example.com:601",
    schema: z.string().regex(/^(off|stdout|(udp|tcp):\/\/[^/:@\s]+:\d{1,5})$/),
    ...everywhere("off"),
  }),
};
