import { Button, NativeSelect } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import {
  changeUserMutation,
  deleteUserMutation,
  inviteUserMutation,
} from "../../api/generated/@tanstack/react-query.gen.ts";
import { usersQuery } from "../../api/queries.ts";
import type { User } from "../../api/types.ts";
import { labelOf } from "../../labels.ts";
import { isolated } from "../../isolated.ts";
import { t } from "../../messages.ts";
import { ConfirmDialog } from "../../ui/ConfirmDialog.tsx";
import { Icon } from "../../ui/icons.tsx";
import { Loaded } from "../../ui/Loaded.tsx";
import { Name } from "../../ui/Name.tsx";
import { Empty, Problem } from "../../ui/Problem.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import { Blocks } from "../../ui/Skeleton.tsx";
import { Cell } from "./Cell.tsx";
import { ClientLink } from "./ClientLink.tsx";
import { InvitationDialog, InvitePersonDialog } from "./InvitePersonDialog.tsx";
import { roleOptions, roleOf } from "./roles.ts";
import { RowAct } from "./RowAct.tsx";
import { AdminPage, SettingsPanel } from "./SettingsPage.tsx";
import styles from "./settings.module.css";

/** Who may sign in, as what. For administrators. */
export function PeoplePage() {
  return (
    <AdminPage title={t("settings.people.title")}>
      <People />
    </AdminPage>
  );
}

function People() {
  const query = useQuery(usersQuery);
  const [isInviting, setInviting] = useState(false);
  const invite = (
    <Button variant="filled" onClick={() => setInviting(true)}>
      <Icon name="plus" />
      {t("settings.people.invite")}
    </Button>
  );
  return (
    <SettingsPanel
      id="people-title"
      title={t("settings.people.title")}
      lead={t("settings.people.lead")}
      act={query.data?.data.length === 0 ? null : invite}
    >
      <Loaded query={query} skeleton={<Blocks count={4} height={44} />}>
        {({ data }) =>
          data.length === 0 ? (
            <Empty title={t("settings.people.empty")} detail={t("settings.people.empty_detail")}>
              {invite}
            </Empty>
          ) : (
            <PeopleTable people={data} />
          )
        }
      </Loaded>
      {isInviting ? <InvitePersonDialog onClose={() => setInviting(false)} /> : null}
    </SettingsPanel>
  );
}

const usePeopleAgain = () => {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: usersQuery.queryKey });
};

function PeopleTable({ people }: { people: User[] }) {
  const again = usePeopleAgain();
  const change = useMutation({ ...changeUserMutation(), onSuccess: again });
  const invite = useMutation({ ...inviteUserMutation(), onSuccess: again });
  const [removing, setRemoving] = useState<User | null>(null);
  const [resetting, setResetting] = useState<User | null>(null);
  const error = change.error ?? invite.error;
  return (
    <>
      {error ? <Problem error={error} /> : null}
      <table className={styles.records} data-align="middle">
        <caption className="vh">{t("settings.people.title")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("settings.people.name")}</th>
            <th scope="col">{t("settings.people.role")}</th>
            <th scope="col">{t("settings.people.state")}</th>
            <th scope="col">{t("settings.people.seen")}</th>
            <th scope="col">
              <span className="vh">{t("settings.people.acts")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {people.map((person) => (
            <PersonRow
              key={person.id}
              person={person}
              onChange={(body) => change.mutate({ path: { id: person.id }, body })}
              onInvite={() => invite.mutate({ path: { id: person.id }, body: {} })}
              onReset={() => setResetting(person)}
              onRemove={() => setRemoving(person)}
            />
          ))}
        </tbody>
      </table>
      {invite.data ? <InvitationDialog invited={invite.data} onClose={invite.reset} /> : null}
      {resetting ? <ResetDialog person={resetting} onClose={() => setResetting(null)} /> : null}
      {removing ? <RemoveDialog person={removing} onClose={() => setRemoving(null)} /> : null}
    </>
  );
}

function PersonRow(props: {
  person: User;
  onChange: (change: { role?: User["role"]; state?: "active" | "suspended" }) => void;
  onInvite: () => void;
  onReset: () => void;
  onRemove: () => void;
}) {
  const { person, onChange } = props;
  const { name } = person;
  const isSuspended = person.state === "suspended";
  return (
    <tr>
      <td data-cell="title">
        <span className={styles.rowTitle}>
          <Name>{name}</Name>
        </span>
        <span className="muted small block">{person.email}</span>
      </td>
      <Cell label={t("settings.people.role")}>
        {person.role === "client" ? (
          <>
            {labelOf("role", "client")}
            {person.client_id === undefined ? null : (
              <span className="small block">
                <ClientLink id={person.client_id} />
              </span>
            )}
          </>
        ) : (
          <NativeSelect
            aria-label={t("settings.people.role_of", { name })}
            data={roleOptions()}
            value={person.role}
            onChange={(event) => onChange({ role: roleOf(event.currentTarget.value) })}
          />
        )}
      </Cell>
      <Cell label={t("settings.people.state")}>{labelOf("person_state", person.state)}</Cell>
      <Cell label={t("settings.people.seen")}>
        <RelativeTime at={person.last_seen_at} />
      </Cell>
      <td data-cell="acts">
        <div className={styles.acts}>
          {isSuspended ? null : (
            <RowAct label={t("settings.people.link")} name={name} onClick={props.onInvite} />
          )}
          {person.mfa.length === 0 ? null : (
            <RowAct label={t("settings.people.reset")} name={name} onClick={props.onReset} />
          )}
          <RowAct
            label={isSuspended ? t("settings.people.restore") : t("settings.people.suspend")}
            name={name}
            onClick={() => onChange({ state: isSuspended ? "active" : "suspended" })}
          />
          <RowAct label={t("settings.people.delete")} name={name} isDanger onClick={props.onRemove} />
        </div>
      </td>
    </tr>
  );
}

/** For a lost phone. */
function ResetDialog({ person, onClose }: { person: User; onClose: () => void }) {
  const again = usePeopleAgain();
  const reset = useMutation({
    ...changeUserMutation(),
    async onSuccess() {
      await again();
      onClose();
    },
  });
  return (
    <ConfirmDialog
      title={t("settings.people.reset_title", { name: isolated(person.name) })}
      confirm={t("settings.people.reset_confirm")}
      tone="danger"
      isSending={reset.isPending}
      error={reset.error}
      onConfirm={() => reset.mutate({ path: { id: person.id }, body: { mfa: [] } })}
      onClose={onClose}
    >
      <p>{t("settings.people.reset_detail")}</p>
    </ConfirmDialog>
  );
}

function RemoveDialog({ person, onClose }: { person: User; onClose: () => void }) {
  const again = usePeopleAgain();
  const remove = useMutation({
    ...deleteUserMutation(),
    async onSuccess() {
      await again();
      onClose();
    },
  });
  return (
    <ConfirmDialog
      title={t("settings.people.delete_title", { name: person.name })}
      confirm={t("settings.people.delete")}
      tone="danger"
      isSending={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate({ path: { id: person.id } })}
      onClose={onClose}
    >
      <p>{t("settings.people.delete_detail")}</p>
    </ConfirmDialog>
  );
}
