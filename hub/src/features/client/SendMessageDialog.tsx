import { NativeSelect } from "@mantine/core";
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { LANGUAGES, parseLanguage, type Language } from "../../../../src/messages/languages.ts";
import { say } from "../../alert-messages.ts";
import { sendClientMessageMutation } from "../../api/generated/@tanstack/react-query.gen.ts";
import { sendClientMessage } from "../../api/generated/sdk.gen.ts";
import { everyClientMessageList, hasKey } from "../../api/query-keys.ts";
import { timelineQuery } from "../../api/queries.ts";
import type { SentClientMessage } from "../../api/types.ts";
import { announce } from "../../ui/announce.ts";
import { ConfirmDialog } from "../../ui/ConfirmDialog.tsx";
import { Lamp } from "../../ui/Lamp.tsx";
import { Loaded } from "../../ui/Loaded.tsx";
import { Name } from "../../ui/Name.tsx";
import { Blocks } from "../../ui/Skeleton.tsx";
import settings from "../settings/settings.module.css";
import styles from "./client.module.css";

/** Shows the message as the client gets it, then sends it. */
export function SendMessageDialog({ wabaId, onClose }: { wabaId: string; onClose: () => void }) {
  const queries = useQueryClient();
  const [language, setLanguage] = useState<Language | null>(null);
  const wish = { channel: "email" as const, ...(language !== null && { language }) };
  const path = { waba_id: wabaId };
  const preview = useQuery({
    queryKey: ["client-message-preview", wabaId, language],
    queryFn: async () => (await sendClientMessage({ path, body: { ...wish, preview: true } })).data,
    placeholderData: keepPreviousData,
    gcTime: 0,
  });
  const send = useMutation({
    ...sendClientMessageMutation(),
    async onSuccess() {
      announce(say("client.sent_done"));
      onClose();
      await queries.invalidateQueries({
        predicate: hasKey(everyClientMessageList, timelineQuery(wabaId).queryKey),
      });
    },
  });
  return (
    <ConfirmDialog
      title={say("client.send_title")}
      size="lg"
      confirm={say(send.isPending ? "client.sending" : "client.send_confirm")}
      isSending={send.isPending}
      isReady={preview.data?.refused_by === null && !preview.isPlaceholderData}
      error={send.error}
      onConfirm={() => send.mutate({ path, body: wish })}
      onClose={onClose}
    >
      <div className={settings.fields}>
        <NativeSelect
          label={say("client.send_language")}
          data={[
            { value: "", label: say("client.send_language_contact") },
            ...Object.entries(LANGUAGES).map(([value, label]) => ({ value, label })),
          ]}
          value={language ?? ""}
          onChange={({ target }) => setLanguage(parseLanguage(target.value))}
        />
        <Loaded query={preview} skeleton={<Blocks count={3} height={60} />}>
          {(draft) => <Draft of={draft} />}
        </Loaded>
      </div>
    </ConfirmDialog>
  );
}

const VIEWS = ["html", "text"] as const;

function Draft({
  of: { recipients, refused_by, is_example, subject, html, text, language },
}: {
  of: SentClientMessage;
}) {
  const [view, setView] = useState<(typeof VIEWS)[number]>("html");
  return (
    <>
      {refused_by === null ? null : (
        <p className="waba-warning" role="status">
          <Lamp lamp="amber" />
          <span>{say(`client.refused.${refused_by}`)}</span>
        </p>
      )}
      {is_example ? <p className="muted">{say("client.send_example")}</p> : null}
      <dl className={styles.envelope}>
        <div>
          <dt>{say("client.send_to")}</dt>
          <dd>
            {recipients.length === 0 ? <span className="muted">{say("client.send_nobody")}</span> : null}
            {recipients.map(({ name, address }) => (
              <span key={address} className="block">
                {name === null ? null : <Name>{name}</Name>} <bdi dir="ltr">{address}</bdi>
              </span>
            ))}
          </dd>
        </div>
        <div>
          <dt>{say("client.send_subject")}</dt>
          <dd lang={language}>{subject}</dd>
        </div>
      </dl>
      {html === null ? null : (
        <div className={`views ${styles.previewViews}`} role="group" aria-label={say("client.send_view")}>
          {VIEWS.map((each) => (
            <button
              key={each}
              type="button"
              className="view"
              aria-pressed={view === each}
              onClick={() => setView(each)}
            >
              {say(`client.send_views.${each}`)}
            </button>
          ))}
        </div>
      )}
      {html !== null && view === "html" ? (
        // Nothing of it may run, and its links open nothing: it is a picture of the message.
        <iframe
          className={styles.preview}
          title={say("client.send_html_title")}
          sandbox=""
          srcDoc={html}
          lang={language}
        />
      ) : (
        <pre className={`evidence ${styles.text}`} lang={language} tabIndex={0}>
          {text}
        </pre>
      )}
    </>
  );
}
