import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import {
  beginTotpMutation,
  confirmTotpMutation,
  removeTotpMutation,
} from "../../api/generated/@tanstack/react-query.gen.ts";
import { sessionQuery, sessionsQuery } from "../../api/queries.ts";
import type { NewTotp, SessionPerson, SignInWays } from "../../api/types.ts";
import { t } from "../../messages.ts";
import { ConfirmDialog } from "../../ui/ConfirmDialog.tsx";
import { CopyId } from "../../ui/Copy.tsx";
import { Lamp } from "../../ui/Lamp.tsx";
import { QrCode } from "../../ui/QrCode.tsx";
import { OwnProblem } from "./OwnProblem.tsx";
import { RecoveryCodes } from "./RecoveryCodes.tsx";
import { SettingsPanel } from "./SettingsPage.tsx";
import styles from "./settings.module.css";

/** Fewer recovery codes than this are worth a warning. */
const FEW_CODES = 3;

/** The authenticator app: set up by a QR code, with recovery codes for a lost phone. */
export function TotpPanel({ person, ways }: { person: SessionPerson; ways: SignInWays }) {
  const [isRemoving, setRemoving] = useState(false);
  const begin = useMutation(beginTotpMutation());
  const isOn = person.mfa.includes("totp");
  // It is asked for beside a password, so without one it protects nothing.
  const isUseful = ways.password && person.has_password;
  const act = isOn ? (
    <Button onClick={() => setRemoving(true)}>{t("settings.security.totp_remove")}</Button>
  ) : isUseful ? (
    <Button variant="filled" aria-disabled={begin.isPending} onClick={() => begin.mutate({ body: {} })}>
      {t("settings.security.totp_begin")}
    </Button>
  ) : null;
  return (
    <SettingsPanel
      id="totp-title"
      title={t("settings.security.totp")}
      lead={t(isOn || isUseful ? "settings.security.totp_lead" : "settings.security.totp_useless")}
      act={act}
    >
      {isOn ? <CodesLeft count={person.recovery_code_count} /> : null}
      {begin.error ? <OwnProblem error={begin.error} /> : null}
      {begin.data ? <EnrolDialog begun={begin.data} person={person} onClose={begin.reset} /> : null}
      {isRemoving ? <RemoveDialog person={person} onClose={() => setRemoving(false)} /> : null}
    </SettingsPanel>
  );
}

function CodesLeft({ count }: { count: number }) {
  return (
    <>
      <p className={styles.withLamp}>
        <Lamp lamp={count < FEW_CODES ? "amber" : "green"} />
        {t("settings.security.totp_on", { count })}
      </p>
      <p className="muted small">{t("settings.security.totp_new_codes")}</p>
    </>
  );
}

const useOwnAgain = () => {
  const queries = useQueryClient();
  return async (): Promise<void> => {
    await queries.invalidateQueries({ queryKey: sessionQuery.queryKey });
    await queries.invalidateQueries({ queryKey: sessionsQuery.queryKey });
  };
};

/** The secret is shown until a code of it is right; then the recovery codes are. */
function EnrolDialog(props: { begun: NewTotp; person: SessionPerson; onClose: () => void }) {
  const { begun, person, onClose } = props;
  const [code, setCode] = useState("");
  const confirm = useMutation(confirmTotpMutation());
  const again = useOwnAgain();
  if (confirm.data)
    return (
      <RecoveryCodes
        codes={confirm.data.recovery_codes}
        email={person.email}
        onClose={() => {
          onClose();
          void again();
        }}
      />
    );
  return (
    <ConfirmDialog
      title={t("settings.security.totp_title")}
      confirm={t("settings.security.totp_confirm")}
      isSending={confirm.isPending}
      isReady={code.trim() !== ""}
      error={confirm.error}
      onConfirm={() => confirm.mutate({ body: { code: code.trim() } })}
      onClose={onClose}
    >
      <ol className={styles.steps}>
        <li>
          <p>{t("settings.security.totp_scan")}</p>
          <QrCode link={begun.url} label={t("settings.security.totp_qr")} />
          <p className="muted small">
            {t("settings.security.totp_type")}{" "}
            <CopyId value={groupsOf(begun.secret)} what={t("copied_things.totp_secret")} />
          </p>
        </li>
        <li>
          <TextInput
            label={t("settings.security.totp_code")}
            data-autofocus
            inputMode="numeric"
            autoComplete="one-time-code"
            value={code}
            maxLength={10}
            onChange={(event) => setCode(event.target.value)}
          />
        </li>
      </ol>
    </ConfirmDialog>
  );
}

/** In groups of four, as apps show it; they take it with and without blanks. */
const groupsOf = (secret: string): string => secret.replaceAll(/(.{4})(?=.)/g, "$1 ");

function RemoveDialog({ person, onClose }: { person: SessionPerson; onClose: () => void }) {
  const [proof, setProof] = useState("");
  const again = useOwnAgain();
  const remove = useMutation({
    ...removeTotpMutation(),
    async onSuccess() {
      onClose();
      await again();
    },
  });
  const body = person.has_password ? { password: proof } : { totp: proof.trim() };
  return (
    <ConfirmDialog
      title={t("settings.security.totp_remove_title")}
      confirm={t("settings.security.totp_remove_confirm")}
      tone="danger"
      isSending={remove.isPending}
      isReady={proof !== ""}
      error={remove.error}
      onConfirm={() => remove.mutate({ body })}
      onClose={onClose}
    >
      <div className={styles.fields}>
        <p>{t("settings.security.totp_remove_detail")}</p>
        {person.has_password ? (
          <PasswordInput
            label={t("settings.security.password_current")}
            data-autofocus
            value={proof}
            autoComplete="current-password"
            onChange={(event) => setProof(event.target.value)}
          />
        ) : (
          <TextInput
            label={t("sign_in.code")}
            description={t("sign_in.code_help")}
            data-autofocus
            value={proof}
            autoComplete="one-time-code"
            onChange={(event) => setProof(event.target.value)}
          />
        )}
      </div>
    </ConfirmDialog>
  );
}
