import { describe, expect, test } from "vitest";
import { readDeliveryReport } from "./read-delivery-report.ts";

const ID = "cmg_0123456789abcdefghjk";

/** A report as RFC 3462 has it: words for people, fields for programs, the mail that it is about. */
const reportOf = (kind: string, part: string, fields: string[], original: string[]): Uint8Array =>
  new TextEncoder().encode(
    [
      ...["From: MAILER-DAEMON@mx.example.org", "To: whatsapp@example.com", "Subject: Undelivered"],
      ...["MIME-Version: 1.0", `Content-Type: multipart/report; report-type=${kind}; boundary="edge"`, ""],
      ...["--edge", "Content-Type: text/plain", "", "Your message could not be delivered.", ""],
      ...["--edge", `Content-Type: ${part}`, "", ...fields, ""],
      ...["--edge", "Content-Type: message/rfc822", "", ...original, "", "Hello", "", "--edge--", ""],
    ].join("\r\n"),
  );

const ORIGINAL = ["From: whatsapp@example.com", "To: ada@example.org", `Message-ID: <${ID}@example.com>`];

const status = (...fields: string[]): Uint8Array =>
  reportOf("delivery-status", "message/delivery-status", fields, ORIGINAL);

describe("a delivery status notification", () => {
  test("of Postfix names address, mail and reason", async () => {
    const raw = status(
      ...["Reporting-MTA: dns; mx.example.org", "Arrival-Date: Sun, 29 Nov 2026 10:00:00 +0000", ""],
      ...["Final-Recipient: rfc822; ada@example.org", "Original-Recipient: rfc822;ada@example.org"],
      ...["Action: failed", "Status: 5.1.1", "Diagnostic-Code: smtp; 550 5.1.1 <ada@example.org>:"],
      "    Recipient address rejected: User unknown",
    );
    expect(await readDeliveryReport(raw)).toEqual([
      {
        ...{ address: "ada@example.org", messageId: `<${ID}@example.com>`, type: "hard" },
        detail: "550 5.1.1 <ada@example.org>: Recipient address rejected: User unknown",
      },
    ]);
  });

  test.each([
    ["delayed", "4.4.1", ["soft"]],
    ["failed", "4.2.2", ["soft"]],
    ["failed", "5.2.1", ["hard"]],
    ["delivered", "2.0.0", []],
    ["relayed", "2.1.9", []],
  ])("with the action %s and the status %s", async (action, code, types) => {
    const raw = status(
      ...["Reporting-MTA: dns; mx.example.org", ""],
      ...["Final-Recipient: rfc822; ada@example.org", `Action: ${action}`, `Status: ${code}`],
    );
    expect((await readDeliveryReport(raw)).map(({ type }) => type)).toEqual(types);
  });

  test("of several addresses has an entry for each that failed", async () => {
    const raw = status(
      ...["Reporting-MTA: dns; mx.example.org", ""],
      ...["Final-Recipient: rfc822; ada@example.org", "Action: failed", "Status: 5.1.1", ""],
      ...["Final-Recipient: rfc822; bo@example.org", "Action: delivered", "Status: 2.0.0", ""],
      ...["Final-Recipient: rfc822; cy@example.org", "Action: failed", "Status: 5.7.1"],
    );
    expect((await readDeliveryReport(raw)).map(({ address }) => address)).toEqual([
      ...["ada@example.org", "cy@example.org"],
    ]);
  });
});

test("a complaint names who complains (RFC 5965)", async () => {
  const fields = ["Feedback-Type: abuse", "User-Agent: Yahoo!-Mail-Feedback/2.0", "Version: 1"];
  const to = "Original-Rcpt-To: <ada@example.org>";
  const raw = reportOf("feedback-report", "message/feedback-report", [...fields, to], ORIGINAL);
  const known = { address: "ada@example.org", messageId: `<${ID}@example.com>` };
  expect(await readDeliveryReport(raw)).toEqual([{ ...known, type: "complaint", detail: "abuse" }]);
});

test.each([
  [
    "an ordinary mail",
    "From: ada@example.org\r\nSubject: Hi\r\n\r\nfinal-recipient: rfc822; x@example.org\r\n",
  ],
  ["an answer from a holiday", "Auto-Submitted: auto-replied\r\nSubject: Away\r\n\r\nI am away.\r\n"],
  ["nothing", ""],
  ["bytes", "\u0000\u0001--edge\r\nContent-Type: message/delivery-status\r\n"],
])("%s reports nothing", async (_, text) => {
  expect(await readDeliveryReport(new TextEncoder().encode(text))).toEqual([]);
});
