import { Badge } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { sessionQuery, usersQuery } from "../../api/queries.ts";
import type { ApiKey } from "../../api/types.ts";
import { labelOf } from "../../labels.ts";
import { t } from "../../messages.ts";
import { serverNow } from "../../time/server-clock.ts";
import { CopyId } from "../../ui/Copy.tsx";
import { Lamp } from "../../ui/Lamp.tsx";
import { Name } from "../../ui/Name.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import { ADMIN_KEY_ID, endOf, endsSoon } from "./api-key.ts";
import { Cell } from "./Cell.tsx";
import { ClientLink } from "./ClientLink.tsx";
import { RevokeDialog, RotateDialog } from "./ApiKeyDialogs.tsx";
import { RowAct } from "./RowAct.tsx";
import styles from "./settings.module.css";

type Acting = { key: ApiKey; act: "rotate" | "revoke" };

/** `all`: every key, also those that are not shown; some made others. */
export function ApiKeyTable({ keys, all }: { keys: ApiKey[]; all: ApiKey[] }) {
  const [acting, setActing] = useState<Acting | null>(null);
  const close = (): void => setActing(null);
  return (
    <>
      <table className={styles.records}>
        <caption className="vh">{t("settings.api_keys.caption")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("settings.api_keys.name")}</th>
            <th scope="col">{t("settings.api_keys.may")}</th>
            <th scope="col">{t("settings.api_keys.used")}</th>
            <th scope="col">{t("settings.api_keys.expires")}</th>
            <th scope="col">{t("settings.api_keys.by")}</th>
            <th scope="col">
              <span className="vh">{t("settings.api_keys.acts")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {keys.map((key) => (
            <KeyRow key={key.id} of={key} all={all} onAct={(act) => setActing({ key, act })} />
          ))}
        </tbody>
      </table>
      {acting?.act === "rotate" ? <RotateDialog of={acting.key} onClose={close} /> : null}
      {acting?.act === "revoke" ? <RevokeDialog of={acting.key} onClose={close} /> : null}
    </>
  );
}

function KeyRow(props: { of: ApiKey; all: ApiKey[]; onAct: (act: Acting["act"]) => void }) {
  const { of: key, all, onAct } = props;
  const ended = endOf(key, serverNow());
  return (
    <tr data-ended={ended !== undefined}>
      <td data-cell="title">
        <span className={styles.rowTitle}>
          <Name>{key.name}</Name>
          {ended === undefined ? null : <Badge>{t(`settings.api_keys.ended.${ended}`)}</Badge>}
        </span>
        <CopyId value={key.prefix} what={t("copied_things.key_prefix")} />
        <Notes of={key} isEnded={ended !== undefined} />
      </td>
      <Cell label={t("settings.api_keys.may")}>
        <Limits of={key} />
      </Cell>
      <Cell label={t("settings.api_keys.used")}>
        <RelativeTime at={key.last_used_at} />
      </Cell>
      <Cell label={ended === "revoked" ? t("settings.api_keys.ended_at") : t("settings.api_keys.expires")}>
        <End of={key} />
      </Cell>
      <Cell label={t("settings.api_keys.by")}>
        <Maker id={key.created_by} keys={all} />
        <span className="muted small block">
          <RelativeTime at={key.created_at} />
        </span>
      </Cell>
      <td data-cell="acts">
        {ended === undefined ? (
          <div className={styles.acts}>
            <RowAct label={t("settings.api_keys.rotate")} name={key.name} onClick={() => onAct("rotate")} />
            <RowAct
              label={t("settings.api_keys.revoke")}
              name={key.name}
              isDanger
              onClick={() => onAct("revoke")}
            />
          </div>
        ) : null}
      </td>
    </tr>
  );
}

function Notes({ of: { id, previous_until }, isEnded }: { of: ApiKey; isEnded: boolean }) {
  const isOwn = useQuery(sessionQuery).data?.actor.id === id;
  return (
    <>
      {isOwn ? <span className="muted small block">{t("settings.api_keys.own")}</span> : null}
      {previous_until === undefined || isEnded ? null : (
        <span className="muted small block">
          {t("settings.api_keys.overlap")} <RelativeTime at={previous_until} />
        </span>
      )}
    </>
  );
}

function Limits({ of: { role, scopes, client_id, connection_id } }: { of: ApiKey }) {
  return (
    <>
      {labelOf("role", role)}
      <span className="muted small block">
        {scopes === undefined
          ? t("settings.api_keys.everything")
          : scopes.map((scope) => labelOf("scope", scope)).join(", ")}
      </span>
      {client_id === null ? null : (
        <span className="small block">
          {t("settings.api_keys.only_client")} <ClientLink id={client_id} />
        </span>
      )}
      {connection_id === null ? null : (
        <span className="small block">{t("settings.api_keys.only_connection", { id: connection_id })}</span>
      )}
    </>
  );
}

function End({ of: { expires_at, revoked_at } }: { of: ApiKey }) {
  if (revoked_at !== undefined) return <RelativeTime at={revoked_at} />;
  if (expires_at === null) return <span className="muted">{t("never")}</span>;
  const now = serverNow();
  const isSoon = endsSoon(expires_at, now) && Date.parse(expires_at) > now;
  return (
    <span className={styles.withLamp}>
      {isSoon ? <Lamp lamp="amber" /> : null}
      <RelativeTime at={expires_at} />
    </span>
  );
}

/** The name of the person or key that made it; the id of one that is gone. */
function Maker({ id, keys }: { id: string; keys: ApiKey[] }) {
  const people = useQuery(usersQuery).data?.data;
  if (id === ADMIN_KEY_ID) return <span className={styles.unbroken}>{t("settings.admin_key")}</span>;
  const maker = [...(people ?? []), ...keys].find((one) => one.id === id);
  return maker === undefined ? <span className="mono">{id}</span> : <Name>{maker.name}</Name>;
}
