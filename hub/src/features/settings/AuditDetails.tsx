import type { ReactNode } from "react";
import type { AuditLine } from "../../api/types.ts";
import { t } from "../../messages.ts";
import { CopyId } from "../../ui/Copy.tsx";
import { changesOf } from "./audit-lines.ts";
import styles from "./settings.module.css";

/** Everything that a line says beside its row. */
export function AuditDetails({ id, line }: { id: string; line: AuditLine }) {
  const hasDetail = Object.keys(line.detail).length > 0;
  return (
    <section
      id={id}
      className={styles.lineDetails}
      aria-label={t("settings.audit.details_of", { id: line.id })}
    >
      <Changes line={line} />
      {hasDetail ? (
        <div>
          <h3>{t("settings.audit.asked")}</h3>
          <pre className="evidence" tabIndex={0} role="region" aria-label={t("settings.audit.asked")}>
            {JSON.stringify(line.detail, null, 2)}
          </pre>
        </div>
      ) : null}
      <dl className={styles.lineFacts}>
        {line.problem === undefined ? null : (
          <div>
            <dt>{t("settings.audit.problem")}</dt>
            <dd>
              <a
                className="text-link mono"
                href={`/problems/${line.problem}`}
                target="_blank"
                rel="noopener noreferrer"
              >
                {line.problem}
                <span className="vh">{t("opens_new_tab")}</span>
              </a>
            </dd>
          </div>
        )}
        <Fact name={t("settings.audit.actor_id")} value={line.actor} what={t("copied_things.actor")} />
        <Fact name={t("settings.audit.target_id")} value={line.target?.id} what={t("copied_things.target")} />
        <Fact name={t("settings.audit.connection")} value={line.connection_id} />
        <Fact
          name={t("settings.audit.request")}
          value={line.request_id}
          what={t("copied_things.request_id")}
        />
        <Fact name={t("settings.audit.line")} value={line.id} />
        <Fact name={t("settings.audit.hash")} value={line.hash} what={t("copied_things.hash")} />
      </dl>
    </section>
  );
}

/** `what` names the value where it can be copied. */
function Fact({ name, value, what }: { name: string; value: string | undefined; what?: string }): ReactNode {
  if (value === undefined) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {what === undefined ? (
          <span className="mono small">{value}</span>
        ) : (
          <CopyId value={value} what={what} />
        )}
      </dd>
    </div>
  );
}

function Changes({ line }: { line: AuditLine }) {
  const changes = changesOf(line);
  if (changes.length === 0) return null;
  const hasBoth = line.before !== undefined && line.after !== undefined;
  return (
    <table className={styles.changes}>
      <caption>{t("settings.audit.changes")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("settings.audit.field")}</th>
          {hasBoth ? <th scope="col">{t("settings.audit.before")}</th> : null}
          <th scope="col">{t(lastColumnOf(line))}</th>
        </tr>
      </thead>
      <tbody>
        {changes.map(({ field, before, after }) => (
          <tr key={field}>
            <th scope="row">{field}</th>
            {hasBoth ? <td>{before}</td> : null}
            <td>{hasBoth ? after : (after ?? before)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const lastColumnOf = ({ before, after }: AuditLine) =>
  after === undefined && before !== undefined ? "settings.audit.before" : "settings.audit.after";
