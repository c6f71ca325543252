import PostalMime, { type Attachment } from "postal-mime";
import type { Bounce } from "./record-bounce.ts";

/** A report of mail: which address, and whether it will ever arrive. */
export type DeliveryReport = Bounce;

/**
 * Reads a delivery status notification (RFC 3464) or a complaint (RFC 5965) as mail servers send them to the
 * sender. One entry for each address that it reports a failure of; none for a report that mail arrived.
 */
export async function readDeliveryReport(raw: Uint8Array): Promise<DeliveryReport[]> {
  const mail = await PostalMime.parse(raw, { attachmentEncoding: "utf8", forceRfc822Attachments: true });
  const partOf = (...types: string[]): string | undefined => {
    const part = mail.attachments.find(({ mimeType }) => types.includes(mimeType.toLowerCase()));
    return part === undefined ? undefined : textOf(part);
  };
  const original = partOf("message/rfc822", "text/rfc822-headers", "message/rfc822-headers");
  const messageId = original === undefined ? null : (fieldsOf(original).get("message-id") ?? null);
  const complaint = partOf("message/feedback-report");
  if (complaint !== undefined) return complaintsIn(complaint, original, messageId);
  const status = partOf("message/delivery-status", "message/global-delivery-status");
  return status === undefined ? [] : failuresIn(status, messageId);
}

const textOf = ({ content }: Attachment): string =>
  typeof content === "string" ? content : new TextDecoder().decode(content);

/** The fields of one group, names in lower case; a line that begins with a space continues the one before. */
function fieldsOf(text: string): Map<string, string> {
  const [head = ""] = text.replaceAll("\r\n", "\n").trimStart().split("\n\n");
  const fields = new Map<string, string>();
  for (const line of head.replaceAll(/\n[ \t]+/g, " ").split("\n")) {
    const [, name = "", value = ""] = /^([\w-]+):\s*(.*)$/.exec(line) ?? [];
    if (name !== "" && !fields.has(name.toLowerCase())) fields.set(name.toLowerCase(), value.trim());
  }
  return fields;
}

function failuresIn(status: string, messageId: string | null): DeliveryReport[] {
  const groups = status
    .replaceAll("\r\n", "\n")
    .trim()
    .split(/\n{2,}/)
    .map(fieldsOf);
  return groups.flatMap((fields): DeliveryReport[] => {
    const address = addressIn(fields.get("original-recipient") ?? fields.get("final-recipient"));
    const action = fields.get("action")?.toLowerCase();
    if (address === null || (action !== "failed" && action !== "delayed")) return [];
    const code = fields.get("status") ?? "";
    const detail = fields.get("diagnostic-code")?.replace(/^\s*smtp\s*;\s*/i, "") ?? code;
    // 4.x.x failed for now: a full mailbox may be emptied.
    const type = action === "failed" && !code.startsWith("4.") ? "hard" : "soft";
    return [{ address, messageId, type, detail: detail.slice(0, 500) }];
  });
}

function complaintsIn(
  report: string,
  original: string | undefined,
  messageId: string | null,
): DeliveryReport[] {
  const fields = fieldsOf(report);
  const to = fields.get("original-rcpt-to") ?? fieldsOf(original ?? "").get("to");
  const address = addressIn(to);
  if (address === null) return [];
  return [{ address, messageId, type: "complaint", detail: fields.get("feedback-type") ?? "complaint" }];
}

/** "rfc822; ada@example.com", "<ada@example.com>" or "Ada <ada@example.com>". */
const addressIn = (value: string | undefined): string | null =>
  /[^\s<>;,]+@[^\s<>;,]+/.exec(value ?? "")?.[0] ?? null;
