import { Button, Modal, NativeSelect, Textarea } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import {
  openInvitationLinkMutation,
  openReshareLinkMutation,
} from "../../api/generated/@tanstack/react-query.gen.ts";
import { aboutQuery } from "../../api/queries.ts";
import { phoneOf, type Signup, type Waba } from "../../api/types.ts";
import {
  mailtoOf,
  whatsAppOf,
  messageOf,
  messageLanguageOf,
  type MessageAbout,
} from "../../client-messages.ts";
import { LANGUAGES } from "../../../../src/messages/languages.ts";
import { t } from "../../messages.ts";
import { useCopied } from "../../ui/Copy.tsx";
import { Icon } from "../../ui/icons.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { QrCode } from "../../ui/QrCode.tsx";
import styles from "./ClientMessage.module.css";

const CHOICES = Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }));

interface MessageProps {
  about: MessageAbout;
  link: string;
  /** The client's language, where it is known. */
  language: string | null;
}

/** The message around a link, in the client's language: to copy, or for the operator's own mail program. */
export function ClientMessage({ about, link, language: known }: MessageProps) {
  const partner = useQuery(aboutQuery).data?.partner.name ?? "";
  const [language, setLanguage] = useState(messageLanguageOf(known));
  const [copied, copy] = useCopied();
  const [linkCopied, copyLink] = useCopied();
  const message = messageOf(about, language, { partner, link });
  return (
    <div className={styles.clientMessage}>
      <NativeSelect
        label={t("onboarding.message.language")}
        data={CHOICES}
        value={language}
        onChange={(event) => setLanguage(messageLanguageOf(event.target.value))}
      />
      <Textarea
        label={t("onboarding.message.text")}
        classNames={{ input: styles.messageText }}
        lang={language}
        readOnly
        rows={11}
        value={message.body}
        onFocus={(event) => event.target.select()}
      />
      <div className="row">
        <Button variant="filled" onClick={() => copy(message.body)}>
          <Icon name={copied ? "check" : "copy"} />
          {copied ? t("copied") : t("onboarding.message.copy")}
        </Button>
        <Button onClick={() => copyLink(link)}>
          <Icon name={linkCopied ? "check" : "copy"} />
          {linkCopied ? t("copied") : t("onboarding.message.copy_link")}
        </Button>
        <Button component="a" href={mailtoOf(message)}>
          <Icon name="mail" />
          {t("onboarding.message.mail")}
        </Button>
        <Button component="a" href={whatsAppOf(message)} target="_blank" rel="noopener noreferrer">
          <Icon name="external" />
          {t("onboarding.message.whats_app")}
          <span className="vh">{t("opens_new_tab")}</span>
        </Button>
      </div>
      <div className={`row ${styles.clientQr}`}>
        <QrCode link={message.link} label={t("onboarding.message.qr")} />
        <p className="muted small">{t("onboarding.message.qr_hint")}</p>
      </div>
    </div>
  );
}

/**
 * The sheet for a lost WABA. The re-share link is created together with its message, so the link in the text
 * is valid. The dialog outlives the button that opened it, because the strip with the client's wish
 * disappears once the link is created.
 */
export function useReshareMessage(waba: Waba) {
  const taking = useMutation(openReshareLinkMutation());
  const [first] = waba.numbers;
  const account = first ? `${waba.name} (${phoneOf(first)})` : waba.name;
  const dialog = taking.error ? (
    <Problem error={taking.error} />
  ) : taking.data ? (
    <MessageSheet
      about={{ kind: "reshare", account, expiresAt: taking.data.expires_at }}
      link={taking.data.url}
      language={waba.client.language}
      onClose={() => taking.reset()}
    />
  ) : null;
  return { open: () => taking.mutate({ path: { waba_id: waba.id } }), dialog };
}

/** The sheet for an invitation. Its address is asked for when the sheet opens, and kept while it is open. */
export function useInvitationMessage(signup: Signup, about: MessageAbout) {
  const taking = useMutation(openInvitationLinkMutation());
  const dialog = taking.error ? (
    <Problem error={taking.error} />
  ) : taking.data ? (
    <MessageSheet
      about={about}
      link={taking.data.url}
      language={signup.language}
      onClose={() => taking.reset()}
    />
  ) : null;
  return { open: () => taking.mutate({ path: { id: signup.id } }), dialog };
}

function MessageSheet({ onClose, ...message }: MessageProps & { onClose: () => void }) {
  return (
    <Modal opened size={560} onClose={onClose} title={t("waba.send")}>
      <p className="muted">{t("onboarding.message.lead")}</p>
      <ClientMessage {...message} />
    </Modal>
  );
}
