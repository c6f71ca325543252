import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import {
  endOtherSessionsMutation,
  endSessionMutation,
} from "../../api/generated/@tanstack/react-query.gen.ts";
import { sessionsQuery } from "../../api/queries.ts";
import type { ListedSession } from "../../api/types.ts";
import { t } from "../../messages.ts";
import { Loaded } from "../../ui/Loaded.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import { Blocks } from "../../ui/Skeleton.tsx";
import { useTitle } from "../../ui/useTitle.ts";
import { SettingsTabs } from "./SettingsTabs.tsx";
import styles from "./settings.module.css";

/** Where this person is signed in. */
export function SessionsPage() {
  useTitle(t("settings.sessions.title"));
  const query = useQuery(sessionsQuery);
  const queries = useQueryClient();
  const again = () => queries.invalidateQueries({ queryKey: sessionsQuery.queryKey });
  const end = useMutation({ ...endSessionMutation(), onSuccess: again });
  const endOthers = useMutation({ ...endOtherSessionsMutation(), onSuccess: again });
  const error = end.error ?? endOthers.error;
  const hasOthers = query.data?.data.some((session) => !session.is_current) ?? false;
  return (
    <div className="page">
      <SettingsTabs />
      <section className="panel" aria-labelledby="sessions-title">
        <div className="section-head">
          <div>
            <h2 id="sessions-title">{t("settings.sessions.title")}</h2>
            <p className="muted small">{t("settings.sessions.lead")}</p>
          </div>
          {hasOthers ? (
            <Button disabled={endOthers.isPending} onClick={() => endOthers.mutate({})}>
              {t("settings.sessions.end_others")}
            </Button>
          ) : null}
        </div>
        {error ? <Problem error={error} /> : null}
        <Loaded query={query} skeleton={<Blocks count={3} height={44} />}>
          {({ data }) => <SessionTable sessions={data} onEnd={({ id }) => end.mutate({ path: { id } })} />}
        </Loaded>
      </section>
    </div>
  );
}

function SessionTable(props: { sessions: ListedSession[]; onEnd: (session: ListedSession) => void }) {
  return (
    <div className={styles.scroll}>
      <table className="keys">
        <thead>
          <tr>
            <th scope="col">{t("settings.sessions.agent")}</th>
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
            <tr key={session.id}>
              <td>{session.agent ?? t("settings.sessions.unknown")}</td>
              <td className="mono">{session.address ?? t("settings.sessions.unknown")}</td>
              <td>
                <RelativeTime at={session.created_at} />
              </td>
              <td>
                <RelativeTime at={session.last_used_at} />
              </td>
              <td>
                {session.is_current ? (
                  <span className="muted">{t("settings.sessions.current")}</span>
                ) : (
                  <button type="button" className="text-button danger" onClick={() => props.onEnd(session)}>
                    {t("settings.sessions.end")}
                  </button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
