import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { LANGUAGES, parseLanguage } from "../../../../src/messages/languages.ts";
import { say } from "../../alert-messages.ts";
import { clientQuery } from "../../api/queries.ts";
import type { ClientContact, Waba } from "../../api/types.ts";
import { useMayAct } from "../../api/useMayAct.ts";
import { Loaded } from "../../ui/Loaded.tsx";
import { Name } from "../../ui/Name.tsx";
import { Blocks } from "../../ui/Skeleton.tsx";
import styles from "./client.module.css";
import { EditClientDialog } from "./EditClientDialog.tsx";

/** Whom the client's messages go to, in which language, and what was sent. */
export function ClientPanel({ waba: { client } }: { waba: Waba }) {
  const query = useQuery(clientQuery(client.id));
  const mayEdit = useMayAct();
  const [isEditing, setEditing] = useState(false);
  return (
    <section id="client" className="panel" aria-labelledby="client-title">
      <div className="section-head">
        <h2 id="client-title">{say("client.title")}</h2>
        {mayEdit ? <Button onClick={() => setEditing(true)}>{say("client.edit")}</Button> : null}
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
                  <Contact key={`${contact.name} ${contact.email ?? contact.phone ?? ""}`} of={contact} />
                ))}
              </ul>
            )}
          </div>
        )}
      </Loaded>
      {isEditing ? <EditClientDialog id={client.id} onClose={() => setEditing(false)} /> : null}
    </section>
  );
}

/** A language in its own words. */
function languageNameOf(tag: string | null | undefined): string {
  const language = parseLanguage(tag ?? "");
  return language === null ? say("client.language_none") : LANGUAGES[language];
}

function Contact({ of: { name, email, phone, language } }: { of: ClientContact }) {
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
    </li>
  );
}
