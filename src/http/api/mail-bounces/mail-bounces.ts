import { z } from "@hono/zod-openapi";
import { readDeliveryReport } from "../../../client-messages/read-delivery-report.ts";
import { BOUNCE_TYPES, recordBounce } from "../../../client-messages/record-bounce.ts";
import { Problem } from "../../../problems.ts";
import { readRawBody } from "../../kit/read-input.ts";
import { defineRoute, type Route } from "../../kit/route.ts";

const Recorded = z
  .object({
    recorded: z.int().openapi({ description: "How many of its addresses Sharekeeper has written to." }),
  })
  .openapi("RecordedBounces");

const report = defineRoute({
  method: "POST",
  path: "/api/v1/mail-bounces",
  who: "operator",
  name: "reportMailBounce",
  group: "Directory",
  summary: "Report that a mail to a client did not arrive",
  description:
    "For mail providers that report by webhook. `hard`: nothing more is sent to the address until its contact is edited, and the next contact is tried. `complaint` unsubscribes it from reminders and warnings. `soft` changes nothing.",
  body: z.strictObject({
    address: z.email().max(254),
    message_id: z.string().max(998).nullable().default(null).openapi({
      description: "The Message-ID of the mail. Null: the newest to that address.",
    }),
    type: z.enum(BOUNCE_TYPES),
    detail: z.string().max(500).default(""),
  }),
  answer: { status: 200, description: "It is noted.", schema: Recorded },
  problems: ["foreign_origin"],
  audit: "mail_bounce.reported",
  async handle({ deps, body, act }) {
    const { address, message_id: messageId, type, detail } = body;
    act.note({ detail: { type, message_id: messageId } });
    const isKnown = await recordBounce(deps, { address, messageId, type, detail });
    deps.messenger.wake();
    return { recorded: isKnown ? 1 : 0 };
  },
});

const notice = defineRoute({
  method: "POST",
  path: "/api/v1/mail-bounces/notice",
  who: "operator",
  name: "reportMailBounceNotice",
  group: "Directory",
  summary: "Report a bounce by the mail that says so",
  description:
    "The body is the mail as it came to the mailbox of `MAIL_FROM`, as `message/rfc822`: a delivery status notification (RFC 3464) or a complaint (RFC 5965). Any other mail is noted as nothing.",
  answer: { status: 200, description: "It is noted.", schema: Recorded },
  problems: ["body_too_large", "unsupported_media_type", "foreign_origin"],
  audit: "mail_bounce.reported",
  async handle({ deps, request, act }) {
    if (!/^message\/rfc822\b/i.test(request.headers.get("content-type") ?? ""))
      throw new Problem("unsupported_media_type");
    const reports = await readDeliveryReport(await readRawBody(request));
    let recorded = 0;
    for (const one of reports) recorded += (await recordBounce(deps, one)) ? 1 : 0;
    act.note({ detail: { recorded } });
    deps.messenger.wake();
    return { recorded };
  },
});

export const mailBounceRoutes: Route[] = [report, notice];
