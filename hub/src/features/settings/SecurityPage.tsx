import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { sessionQuery, sessionsQuery, signInWaysQuery } from "../../api/queries.ts";
import type { ListedSession, Session, SignInWays } from "../../api/types.ts";
import { labelOf } from "../../labels.ts";
import { t } from "../../messages.ts";
import { LinkButton } from "../../ui/LinkButton.tsx";
import { Loaded } from "../../ui/Loaded.tsx";
import { Name } from "../../ui/Name.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import { Blocks } from "../../ui/Skeleton.tsx";
import { ADMIN_KEY_ID } from "./api-key.ts";
import { PasskeysPanel } from "./PasskeysPanel.tsx";
import { PasswordPanel } from "./PasswordPanel.tsx";
import { SettingsPage, SettingsPanel } from "./SettingsPage.tsx";
import { TotpPanel } from "./TotpPanel.tsx";
import styles from "./settings.module.css";

/** How the person who looks signs in, and what protects that. */
export function SecurityPage() {
  const session = useQuery(sessionQuery);
  const ways = useQuery(signInWaysQuery);
  const sessions = useQuery(sessionsQuery).data?.data;
  return (
    <SettingsPage title={t("settings.security.title")}>
      <Loaded query={session} skeleton={<Blocks count={3} height={120} />}>
        {(known) => (
          <Loaded query={ways} skeleton={<Blocks count={3} height={120} />}>
            {(open) => <Security session={known} ways={open} sessions={sessions} />}
          </Loaded>
        )}
      </Loaded>
    </SettingsPage>
  );
}

interface SecurityProps {
  session: Session;
  ways: SignInWays;
  /** Undefined while they are read. */
  sessions: ListedSession[] | undefined;
}

function Security({ session, ways, sessions }: SecurityProps) {
  const { person } = session;
  const current = sessions?.find(({ is_current }) => is_current);
  return (
    <>
      <You session={session} current={current} />
      {person === null ? null : (
        <>
          <PasswordPanel person={person} ways={ways} />
          <TotpPanel person={person} ways={ways} />
          <PasskeysPanel ways={ways} />
        </>
      )}
      <SettingsPanel
        id="own-sessions-title"
        title={t("settings.sessions.title")}
        lead={sessions && t("settings.security.sessions", { count: sessions.length })}
        act={<LinkButton to="/settings/sessions">{t("settings.security.to_sessions")}</LinkButton>}
      />
    </>
  );
}

/** Who is signed in, and by what; for a key, what that means. */
function You({ session, current }: { session: Session; current: ListedSession | undefined }) {
  const { actor, person } = session;
  return (
    <SettingsPanel id="you-title" title={t("settings.security.you")}>
      <dl className={styles.lineFacts}>
        <Fact name={t("settings.people.name")}>
          <Name>{actor.name}</Name>
        </Fact>
        {person === null ? null : <Fact name={t("settings.people.email")}>{person.email}</Fact>}
        <Fact name={t("settings.people.role")}>{labelOf("role", actor.role)}</Fact>
        {current === undefined ? null : (
          <>
            <Fact name={t("settings.sessions.with")}>{labelOf("opened_with", current.opened_with)}</Fact>
            <Fact name={t("settings.sessions.opened")}>
              <RelativeTime at={current.created_at} />
            </Fact>
          </>
        )}
      </dl>
      {person === null ? (
        <p className={styles.note}>
          {t(actor.id === ADMIN_KEY_ID ? "settings.security.admin_key" : "settings.security.api_key")}
        </p>
      ) : current?.opened_with === "oidc" ? (
        <p className={styles.note}>{t("settings.security.oidc")}</p>
      ) : null}
    </SettingsPanel>
  );
}

const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);
