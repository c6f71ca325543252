import { Button, PasswordInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { changePasswordMutation } from "../../api/generated/@tanstack/react-query.gen.ts";
import { sessionsQuery } from "../../api/queries.ts";
import type { SessionPerson, SignInWays } from "../../api/types.ts";
import { t } from "../../messages.ts";
import { announce } from "../../ui/announce.ts";
import { ConfirmDialog } from "../../ui/ConfirmDialog.tsx";
import { SettingsPanel } from "./SettingsPage.tsx";
import styles from "./settings.module.css";

const PASSWORD_LENGTH = 12;

/** Changes the password, or says why there is none to change. */
export function PasswordPanel({ person, ways }: { person: SessionPerson; ways: SignInWays }) {
  const [isChanging, setChanging] = useState(false);
  const [isDone, setDone] = useState(false);
  const mayChange = ways.password && person.has_password;
  const none = ways.password ? "settings.security.password_none" : "settings.security.password_off";
  return (
    <SettingsPanel
      id="password-title"
      title={t("sign_in.password")}
      lead={t(mayChange ? "settings.security.password_lead" : none)}
      act={
        mayChange ? (
          <Button onClick={() => setChanging(true)}>{t("settings.security.password_change")}</Button>
        ) : null
      }
    >
      {isDone ? (
        <p className={styles.done} role="status">
          {t("settings.security.password_changed")}
        </p>
      ) : null}
      {isChanging ? (
        <PasswordDialog
          email={person.email}
          onDone={() => setDone(true)}
          onClose={() => setChanging(false)}
        />
      ) : null}
    </SettingsPanel>
  );
}

function PasswordDialog(props: { email: string; onDone: () => void; onClose: () => void }) {
  const queries = useQueryClient();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const change = useMutation({
    ...changePasswordMutation(),
    async onSuccess() {
      announce(t("settings.security.password_changed"));
      props.onDone();
      props.onClose();
      await queries.invalidateQueries({ queryKey: sessionsQuery.queryKey });
    },
  });
  return (
    <ConfirmDialog
      title={t("settings.security.password_change")}
      confirm={t("settings.security.password_submit")}
      isSending={change.isPending}
      isReady={current !== "" && next.length >= PASSWORD_LENGTH}
      error={change.error}
      onConfirm={() => change.mutate({ body: { current, new: next } })}
      onClose={props.onClose}
    >
      <div className={styles.fields}>
        <p>{t("settings.security.password_ends_others")}</p>
        <input type="email" value={props.email} autoComplete="username" readOnly hidden />
        <PasswordInput
          label={t("settings.security.password_current")}
          data-autofocus
          value={current}
          autoComplete="current-password"
          onChange={(event) => setCurrent(event.target.value)}
        />
        <PasswordInput
          label={t("sign_in.new_password")}
          description={t("sign_in.new_password_help", { length: PASSWORD_LENGTH })}
          value={next}
          autoComplete="new-password"
          onChange={(event) => setNext(event.target.value)}
        />
      </div>
    </ConfirmDialog>
  );
}
