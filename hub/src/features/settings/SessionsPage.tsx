import { Badge, Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import {
  endOtherSessionsMutation,
  endSessionMutation,
} from "../../api/generated/@tanstack/react-query.gen.ts";
import { sessionsQuery } from "../../api/queries.ts";
import type { ListedSession } from "../../api/types.ts";
import { labelOf } from "../../labels.ts";
import { t } from "../../messages.ts";
import { Loaded } from "../../ui/Loaded.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import { Blocks } from "../../ui/Skeleton.tsx";
import { browserOf } from "./browser-name.ts";
import { Cell } from "./Cell.tsx";
import { RowAct } from "./RowAct.tsx";
import { SettingsPage, SettingsPanel } from "./SettingsPage.tsx";
import styles from "./settings.module.css";

/** Where this person is signed in. */
export function SessionsPage() {
  const query = useQuery(sessionsQuery);
  const queries = useQueryClient();
  const again = () => queries.invalidateQueries({ queryKey: sessionsQuery.queryKey });
  const end = useMutation({ ...endSessionMutation(), onSuccess: again });
  const endOthers = useMutation({ ...endOtherSessionsMutation(), onSuccess: again });
  const error = end.error ?? endOthers.error;
  const hasOthers = query.data?.data.some((session) => !session.is_current) ?? false;
  return (
    <SettingsPage title={t("settings.sessions.title")}>
      <SettingsPanel
        id="sessions-title"
        title={t("settings.sessions.title")}
        lead={t("settings.sessions.lead")}
        act={
          hasOthers ? (
            <Button aria-disabled={endOthers.isPending} onClick={() => endOthers.mutate({})}>
              {t("settings.sessions.end_others")}
            </Button>
          ) : null
        }
      >
        {error ? <Problem error={error} /> : null}
        <Loaded query={query} skeleton={<Blocks count={3} height={44} />}>
          {({ data }) => <SessionTable sessions={data} onEnd={({ id }) => end.mutate({ path: { id } })} />}
        </Loaded>
      </SettingsPanel>
    </SettingsPage>
  );
}

function SessionTable(props: { sessions: ListedSession[]; onEnd: (session: ListedSession) => void }) {
  return (
    <table className={styles.records} data-align="middle">
      <caption className="vh">{t("settings.sessions.title")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("settings.sessions.agent")}</th>
          <th scope="col">{t("settings.sessions.with")}</th>
          <th scope="col">{t("settings.sessions.address")}</th>
          <th scope="col">{t("settings.sessions.opened")}</th>
          <th scope="col">{t("number.used")}</th>
          <th scope="col">
            <span className="vh">{t("settings.sessions.end")}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {props.sessions.map((session) => (
          <SessionRow key={session.id} session={session} onEnd={() => props.onEnd(session)} />
        ))}
      </tbody>
    </table>
  );
}

function SessionRow({ session, onEnd }: { session: ListedSession; onEnd: () => void }) {
  const browser = browserOf(session.agent) ?? t("settings.sessions.unknown");
  return (
    <tr>
      <td data-cell="title" title={session.agent ?? undefined}>
        <span className={styles.rowTitle}>
          {browser}
          {session.is_current ? <Badge>{t("settings.sessions.current")}</Badge> : null}
        </span>
      </td>
      <Cell label={t("settings.sessions.with")}>{labelOf("opened_with", session.opened_with)}</Cell>
      <Cell label={t("settings.sessions.address")}>
        <span className="mono">{session.address ?? t("settings.sessions.unknown")}</span>
      </Cell>
      <Cell label={t("settings.sessions.opened")}>
        <RelativeTime at={session.created_at} />
      </Cell>
      <Cell label={t("number.used")}>
        <RelativeTime at={session.last_used_at} />
      </Cell>
      <td data-cell="acts">
        {session.is_current ? null : (
          <div className={styles.acts}>
            <RowAct label={t("settings.sessions.end")} name={browser} isDanger onClick={onEnd} />
          </div>
        )}
      </td>
    </tr>
  );
}
