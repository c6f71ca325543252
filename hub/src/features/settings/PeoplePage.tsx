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
import { t } from "../../messages.ts";
import { ConfirmDialog } from "../../ui/ConfirmDialog.tsx";
import { Icon } from "../../ui/icons.tsx";
import { Loaded } from "../../ui/Loaded.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import { Blocks } from "../../ui/Skeleton.tsx";
import { useTitle } from "../../ui/useTitle.ts";
import { InvitationDialog, InvitePersonDialog } from "./InvitePersonDialog.tsx";
import { SettingsTabs } from "./SettingsTabs.tsx";
import { roleOptions, roleOf } from "./roles.ts";
import styles from "./settings.module.css";

/** Who may sign in, as what. For administrators. */
export function PeoplePage() {
  useTitle(t("settings.people.title"));
  const query = useQuery(usersQuery);
  const [isInviting, setInviting] = useState(false);
  return (
    <div className="page">
      <SettingsTabs />
      <section className="panel" aria-labelledby="people-title">
        <div className="section-head">
          <div>
            <h2 id="people-title">{t("settings.people.title")}</h2>
            <p className="muted small">{t("settings.people.lead")}</p>
          </div>
          <Button variant="filled" onClick={() => setInviting(true)}>
            <Icon name="plus" />
            {t("settings.people.invite")}
          </Button>
        </div>
        <Loaded query={query} skeleton={<Blocks count={4} height={44} />}>
          {({ data }) =>
            data.length === 0 ? (
              <p className="muted">{t("settings.people.empty")}</p>
            ) : (
              <PeopleTable people={data} />
            )
          }
        </Loaded>
      </section>
      {isInviting ? <InvitePersonDialog onClose={() => setInviting(false)} /> : null}
    </div>
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
  const error = change.error ?? invite.error;
  return (
    <>
      {error ? <Problem error={error} /> : null}
      <div className={styles.scroll}>
        <table className="keys">
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
                onRemove={() => setRemoving(person)}
              />
            ))}
          </tbody>
        </table>
      </div>
      {invite.data ? <InvitationDialog invited={invite.data} onClose={invite.reset} /> : null}
      {removing ? <RemoveDialog person={removing} onClose={() => setRemoving(null)} /> : null}
    </>
  );
}

function PersonRow(props: {
  person: User;
  onChange: (change: { role?: User["role"]; state?: "active" | "suspended" }) => void;
  onInvite: () => void;
  onRemove: () => void;
}) {
  const { person, onChange } = props;
  const { name } = person;
  const isSuspended = person.state === "suspended";
  return (
    <tr>
      <td>
        {name}
        <span className="muted small block">{person.email}</span>
      </td>
      <td>
        {person.role === "client" ? (
          labelOf("role", "client")
        ) : (
          <NativeSelect
            aria-label={t("settings.people.role_of", { name })}
            data={roleOptions()}
            value={person.role}
            onChange={(event) => onChange({ role: roleOf(event.currentTarget.value) })}
          />
        )}
      </td>
      <td>{labelOf("person_state", person.state)}</td>
      <td>
        <RelativeTime at={person.last_seen_at} />
      </td>
      <td>
        <div className={styles.acts}>
          {isSuspended ? null : (
            <Act label={t("settings.people.link")} name={name} onClick={props.onInvite} />
          )}
          <Act
            label={isSuspended ? t("settings.people.restore") : t("settings.people.suspend")}
            name={name}
            onClick={() => onChange({ state: isSuspended ? "active" : "suspended" })}
          />
          <Act label={t("settings.people.delete")} name={name} isDanger onClick={props.onRemove} />
        </div>
      </td>
    </tr>
  );
}

function Act(props: { label: string; name: string; isDanger?: boolean; onClick: () => void }) {
  return (
    <button
      type="button"
      className={props.isDanger ? "text-button danger" : "text-button"}
      aria-label={`${props.label} ${props.name}`}
      onClick={props.onClick}
    >
      {props.label}
    </button>
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
