import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Fragment } from "react";
import { apiKeysQuery, usersQuery } from "../../api/queries.ts";
import type { AuditLine } from "../../api/types.ts";
import { labelOf } from "../../labels.ts";
import { t } from "../../messages.ts";
import { fullTimeOf, zonedTimeOf } from "../../time/format.ts";
import { Icon } from "../../ui/icons.tsx";
import { Lamp } from "../../ui/Lamp.tsx";
import { Name } from "../../ui/Name.tsx";
import { AuditDetails } from "./AuditDetails.tsx";
import { Cell } from "./Cell.tsx";
import { ClientLink } from "./ClientLink.tsx";
import styles from "./settings.module.css";

export function AuditTable(props: { lines: AuditLine[]; openIds: string[]; onToggle: (id: string) => void }) {
  return (
    <table className={styles.records}>
      <caption className="vh">{t("settings.audit.caption")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("settings.audit.when")}</th>
          <th scope="col">{t("settings.audit.who")}</th>
          <th scope="col">{t("settings.audit.act")}</th>
          <th scope="col">{t("settings.audit.target")}</th>
          <th scope="col">{t("settings.audit.outcome")}</th>
          <th scope="col">{t("settings.audit.address")}</th>
          <th scope="col">
            <span className="vh">{t("settings.audit.details")}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {props.lines.map((line) => (
          <Fragment key={line.id}>
            <LineRow
              line={line}
              isOpen={props.openIds.includes(line.id)}
              onToggle={() => props.onToggle(line.id)}
            />
          </Fragment>
        ))}
      </tbody>
    </table>
  );
}

const detailsIdOf = ({ id }: AuditLine): string => `audit-${id}`;

function LineRow({ line, isOpen, onToggle }: { line: AuditLine; isOpen: boolean; onToggle: () => void }) {
  const act = labelOf("audit_action", line.action);
  return (
    <>
      <tr data-open={isOpen}>
        <Cell label={t("settings.audit.when")}>
          <time dateTime={line.at} title={fullTimeOf(line.at)}>
            {zonedTimeOf(line.at)}
          </time>
        </Cell>
        <Cell label={t("settings.audit.who")}>
          <Who of={line} />
        </Cell>
        <td data-cell="title" className={styles.actName}>
          {act}
        </td>
        <Cell label={t("settings.audit.target")}>
          <Target of={line} />
        </Cell>
        <Cell label={t("settings.audit.outcome")}>
          <Outcome of={line} />
        </Cell>
        <Cell label={t("settings.audit.address")}>
          <span className="mono">{line.address ?? ""}</span>
        </Cell>
        <td data-cell="acts">
          <div className={styles.acts}>
            <button
              type="button"
              className="text-button"
              aria-expanded={isOpen}
              aria-controls={isOpen ? detailsIdOf(line) : undefined}
              aria-label={`${t("settings.audit.details")}: ${act}, ${zonedTimeOf(line.at)}`}
              onClick={onToggle}
            >
              {t("settings.audit.details")} <Icon name="down" size={12} />
            </button>
          </div>
        </td>
      </tr>
      {isOpen ? (
        <tr>
          <td colSpan={7} data-cell="details">
            <AuditDetails id={detailsIdOf(line)} line={line} />
          </td>
        </tr>
      ) : null}
    </>
  );
}

/** Done is the rule; what was refused or failed is told apart by shape and word. */
function Outcome({ of: { outcome } }: { of: AuditLine }) {
  if (outcome === "done") return <span className="muted">{labelOf("audit_outcome", outcome)}</span>;
  return (
    <span className={styles.withLamp}>
      <Lamp lamp={outcome === "failed" ? "red" : "amber"} />
      {labelOf("audit_outcome", outcome)}
    </span>
  );
}

/** Leads to the lines of the same person, key or part. */
function Who({ of: { actor, actor_name } }: { of: AuditLine }) {
  return (
    <Link className="text-link" to="/settings/audit" search={{ actor }}>
      {actor_name === undefined ? labelOf("audit_actor", actor, actor) : <Name>{actor_name}</Name>}
    </Link>
  );
}

function Target({ of: { target } }: { of: AuditLine }) {
  if (target === undefined) return null;
  const { type, id, waba_id } = target;
  return (
    <>
      {labelOf("audit_target", type)}{" "}
      <span className="small block">
        <Thing type={type} id={id} />
      </span>
      {waba_id === undefined || type === "waba" ? null : (
        <span className="muted small block">
          {t("settings.audit.waba_of")} <WabaLink id={waba_id} />
        </span>
      )}
    </>
  );
}

function Thing({ type, id }: { type: string; id: string }) {
  if (type === "waba") return <WabaLink id={id} />;
  if (type === "client") return <ClientLink id={id} />;
  if (type === "person" || type === "api_key") return <Named id={id} />;
  if (type === "number")
    return (
      <Link className="text-link mono" to="/numbers/$numberId" params={{ numberId: id }}>
        {id}
      </Link>
    );
  return <span className="mono muted">{id}</span>;
}

const WabaLink = ({ id }: { id: string }) => (
  <Link className="text-link mono" to="/wabas/$wabaId" params={{ wabaId: id }}>
    {id}
  </Link>
);

/** The name of a person or key; the id of one that is gone. */
function Named({ id }: { id: string }) {
  const people = useQuery(usersQuery).data?.data ?? [];
  const keys = useQuery(apiKeysQuery).data?.data ?? [];
  const named = [...people, ...keys].find((one) => one.id === id);
  return named === undefined ? <span className="mono muted">{id}</span> : <Name>{named.name}</Name>;
}
