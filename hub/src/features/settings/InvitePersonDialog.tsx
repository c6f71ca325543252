import { NativeSelect, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { createUserMutation } from "../../api/generated/@tanstack/react-query.gen.ts";
import { usersQuery } from "../../api/queries.ts";
import type { InvitedUser } from "../../api/types.ts";
import { isolated } from "../../isolated.ts";
import { t } from "../../messages.ts";
import { ConfirmDialog } from "../../ui/ConfirmDialog.tsx";
import { ShownOnce } from "../../ui/ShownOnce.tsx";
import { roleOptions, roleOf, type StaffRole } from "./roles.ts";
import styles from "./settings.module.css";

/** First asks who is invited and as what, then shows the link. */
export function InvitePersonDialog({ onClose }: { onClose: () => void }) {
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<StaffRole>("viewer");
  const create = useMutation({
    ...createUserMutation(),
    onSuccess: () => queries.invalidateQueries({ queryKey: usersQuery.queryKey }),
  });
  if (create.data) return <InvitationDialog invited={create.data} onClose={onClose} />;
  return (
    <ConfirmDialog
      title={t("settings.people.invite")}
      confirm={t("settings.people.invite_submit")}
      isSending={create.isPending}
      isReady={name.trim() !== "" && email.trim() !== ""}
      error={create.error}
      onConfirm={() => create.mutate({ body: { name: name.trim(), email: email.trim(), role } })}
      onClose={onClose}
    >
      <div className={styles.fields}>
        <TextInput
          label={t("settings.people.name")}
          data-autofocus
          value={name}
          maxLength={100}
          onChange={(event) => setName(event.target.value)}
        />
        <TextInput
          label={t("settings.people.email")}
          type="email"
          value={email}
          maxLength={254}
          onChange={(event) => setEmail(event.target.value)}
        />
        <NativeSelect
          label={t("settings.people.role")}
          data={roleOptions()}
          value={role}
          onChange={(event) => setRole(roleOf(event.currentTarget.value))}
        />
      </div>
    </ConfirmDialog>
  );
}

export function InvitationDialog({ invited, onClose }: { invited: InvitedUser; onClose: () => void }) {
  return (
    <ShownOnce
      title={t("settings.people.link_title")}
      detail={t("settings.people.link_detail", { name: isolated(invited.name) })}
      value={invited.invitation.url}
      what={t("copied_things.invitation")}
      onClose={onClose}
    />
  );
}
