import { Button } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { LANGUAGES, parseLanguage } from "../../../../src/messages/languages.ts";
import { say } from "../../alert-messages.ts";
import { clientMessagesQuery, clientQuery, sessionQuery } from "../../api/queries.ts";
import type { ClientContact, Waba } from "../../api/types.ts";
import { useMayAct } from "../../api/useMayAct.ts";
import { dayOf } from "../../time/format.ts";
import { Icon } from "../../ui/icons.tsx";
import { Lamp } from "../../ui/Lamp.tsx";
import { Loaded } from "../../ui/Loaded.tsx";
import { Name } from "../../ui/Name.tsx";
import { Blocks } from "../../ui/Skeleton.tsx";
import styles from "./client.module.css";
import { ClientMessages } from "./ClientMessages.tsx";
import { bouncedAtOf } from "./contact.ts";
import { EditClientDialog } from "./EditClientDialog.tsx";
import { SendMessageDialog } from "./SendMessageDialog.tsx";

/** Whom the client's messages go to, in which language, and what was sent. */
export function ClientPanel({ waba }: { waba: Waba }) {
  const session = useQuery(sessionQuery).data;
  // A client may have WABAs of several connections: whoever sees one of these may not see the client's data.
  if (session === undefined || session.actor.connection_id !== undefined) return null;
  return <Panel waba={waba} />;
}

function Panel({ waba: { id, client } }: { waba: Waba }) {
  const query = useQuery(clientQuery(client.id));
  const messages = useInfiniteQuery(clientMessagesQuery(client.id)).data?.pages.flatMap(({ data }) => data);
  const mayEdit = useMayAct();
  const maySend = useMayAct("support");
  const [open, setOpen] = useState<"edit" | "send" | null>(null);
  return (
    <section id="client" className="panel" aria-labelledby="client-title">
      <div className="section-head">
        <h2 id="client-title">{say("client.title")}</h2>
        <div className="row">
          {mayEdit ? <Button onClick={() => setOpen("edit")}>{say("client.edit")}</Button> : null}
          {maySend ? (
            <Button onClick={() => setOpen("send")}>
              <Icon name="mail" />
              {say("client.send")}
            </Button>
          ) : null}
        </div>
      </div>
      <Loaded query={query} skeleton={<Blocks count={2} height={40} />}>
        {({ contacts, language }) => (
          <div className={styles.panel}>
            <p>
              <span className="muted">{say("client.language")}:</span> {languageNameOf(language)}
            </p>
            {contacts.length === 0 ? (
              <p className="muted">{say(mayEdit ? "client.no_contacts" : "client.no_contacts_ask")}</p>
            ) : (
              <ul className={styles.contacts}>
                {contacts.map((contact) => (
                  <Contact
                    key={`${contact.name} ${contact.email ?? contact.phone ?? ""}`}
                    of={contact}
                    bouncedAt={bouncedAtOf(contact, messages)}
                  />
                ))}
              </ul>
            )}
            <ClientMessages clientId={client.id} />
          </div>
        )}
      </Loaded>
      {open === "edit" ? <EditClientDialog id={client.id} onClose={() => setOpen(null)} /> : null}
      {open === "send" ? <SendMessageDialog wabaId={id} onClose={() => setOpen(null)} /> : null}
    </section>
  );
}

/** A language in its own words. */
function languageNameOf(tag: string | null | undefined): string {
  const language = parseLanguage(tag ?? "");
  return language === null ? say("client.language_none") : LANGUAGES[language];
}

function Contact(props: { of: ClientContact; bouncedAt: string | null }) {
  const { name, email, phone, language } = props.of;
  return (
    <li>
      <strong>
        <Name>{name}</Name>
      </strong>
      {email ? (
        <a className="text-link" href={`mailto:${email}`}>
          <bdi dir="ltr">{email}</bdi>
        </a>
      ) : null}
      {phone ? (
        <a className="text-link" href={`tel:${phone}`}>
          <bdi className="phone" dir="ltr">
            {phone}
          </bdi>
        </a>
      ) : null}
      {language ? <span className="muted">{languageNameOf(language)}</span> : null}
      {props.bouncedAt === null ? null : (
        <p className={styles.note}>
          <Lamp lamp="red" />
          <span>{say("client.bounced", { day: dayOf(props.bouncedAt) })}</span>
        </p>
      )}
    </li>
  );
}
