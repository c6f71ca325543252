import type { Clock } from "../lib/clock.ts";
import { detailOf } from "./judge-failure.ts";
import { openSmtpSession, type SmtpSession, type SmtpSettings } from "./open-smtp-session.ts";

/** The step that failed, with what was said; or that all went well. */
export interface MailServerCheck {
  failed: "connection" | "tls" | "login" | "sender" | null;
  detail: string;
}

/** Connects as a mail would, and begins one of this sender without sending it. */
export async function checkMailServer(
  { clock }: { clock: Clock },
  settings: SmtpSettings,
  sender: string,
): Promise<MailServerCheck> {
  const done = new AbortController();
  const late = new AbortController();
  let session: SmtpSession | undefined;
  void clock.pause(settings.timeoutMs, done.signal).then(() => {
    if (done.signal.aborted) return;
    late.abort();
    session?.close();
  });
  try {
    session = await openSmtpSession(settings, late.signal);
    const { status, response } = await session.checkSender(sender);
    return { failed: status >= 200 && status < 300 ? null : "sender", detail: detailOf(response) };
  } catch (error) {
    if (late.signal.aborted)
      return { failed: "connection", detail: `no answer within ${settings.timeoutMs / 1000} s` };
    return {
      failed: stepOf(error),
      detail: detailOf(error instanceof Error ? error.message : String(error)),
    };
  } finally {
    done.abort();
    session?.quit();
  }
}

function stepOf(error: unknown): MailServerCheck["failed"] {
  const { code = "", originalCode = "" } = error as { code?: string; originalCode?: string };
  if (code === "EAUTH") return "login";
  return code === "ETLS" || /CERT|SSL|TLS/.test(originalCode) ? "tls" : "connection";
}
