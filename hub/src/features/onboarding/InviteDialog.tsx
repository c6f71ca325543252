import { Button, Modal } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { createSignupMutation } from "../../api/generated/@tanstack/react-query.gen.ts";
import { everySignupList, everySignupOutcomes } from "../../api/query-keys.ts";
import type { NewSignup } from "../../api/types.ts";
import { LANGUAGES } from "../../../../src/messages/languages.ts";
import { t } from "../../messages.ts";
import { ConfirmForm } from "../../ui/ConfirmDialog.tsx";
import { Lamp } from "../../ui/Lamp.tsx";
import { LinkButton } from "../../ui/LinkButton.tsx";
import { ClientMessage } from "../signup/ClientMessage.tsx";
import { Choice, TextField } from "./fields.tsx";
import { MetadataRows } from "./MetadataRows.tsx";
import { emptyInvitation, wishOf, type Invitation } from "./invitation.ts";
import styles from "./InviteDialog.module.css";

const FLOWS = {
  "": t("onboarding.dialog.flow_any"),
  platform: t("onboarding.dialog.flow_platform"),
  coexistence: t("onboarding.dialog.flow_coexistence"),
};
const ASKED_LANGUAGES = { "": t("onboarding.dialog.language_any"), ...LANGUAGES };
const RETURNS = ["success", "cancel", "error"] as const;

/** First asks who is invited, then shows the link with its message in the same dialog. */
export function InviteDialog({ onClose }: { onClose: () => void }) {
  const queries = useQueryClient();
  const [invitation, setInvitation] = useState(emptyInvitation);
  const create = useMutation({
    ...createSignupMutation(),
    async onSuccess() {
      await queries.invalidateQueries({ queryKey: everySignupList });
      await queries.invalidateQueries({ queryKey: everySignupOutcomes });
    },
  });
  const made = create.data;
  return (
    <Modal
      opened
      size={560}
      onClose={onClose}
      title={made ? t("onboarding.dialog.made_title") : t("onboarding.dialog.title")}
    >
      {made ? (
        <Made signup={made} onClose={onClose} />
      ) : (
        <InviteForm
          invitation={invitation}
          onChange={(change) => setInvitation((last) => ({ ...last, ...change }))}
          onSubmit={() => create.mutate({ body: wishOf(invitation) })}
          onClose={onClose}
          isSending={create.isPending}
          error={create.error}
        />
      )}
    </Modal>
  );
}

function InviteForm(props: {
  invitation: Invitation;
  onChange: (change: Partial<Invitation>) => void;
  onSubmit: () => void;
  onClose: () => void;
  isSending: boolean;
  error: unknown;
}) {
  const { invitation, onChange } = props;
  return (
    <ConfirmForm
      confirm={t("onboarding.dialog.submit")}
      isSending={props.isSending}
      error={props.error}
      onConfirm={props.onSubmit}
      onClose={props.onClose}
    >
      <div className={styles.invite}>
        <p className="muted">{t("onboarding.dialog.lead")}</p>
        <TextField
          label={t("onboarding.dialog.name")}
          hint={t("onboarding.dialog.name_hint")}
          value={invitation.name}
          autoFocus
          onChange={(name) => onChange({ name })}
        />
        <TextField
          label={t("onboarding.dialog.reference")}
          hint={t("onboarding.dialog.reference_hint")}
          value={invitation.reference}
          onChange={(reference) => onChange({ reference })}
        />
        <Choice
          label={t("onboarding.dialog.flow")}
          options={FLOWS}
          value={invitation.flow}
          onChange={(flow) => onChange({ flow })}
        />
        <Choice
          label={t("onboarding.dialog.language")}
          options={ASKED_LANGUAGES}
          value={invitation.language}
          onChange={(language) => onChange({ language })}
        />
        <details className={styles.inviteMore}>
          <summary>{t("onboarding.dialog.more")}</summary>
          <MetadataRows rows={invitation.metadata} onChange={(metadata) => onChange({ metadata })} />
          <fieldset>
            <legend>{t("onboarding.dialog.returns")}</legend>
            <p className="muted small">{t("onboarding.dialog.returns_hint")}</p>
            {RETURNS.map((when) => (
              <TextField
                key={when}
                label={t(`onboarding.dialog.return_when.${when}`)}
                type="url"
                value={invitation.returns[when]}
                onChange={(url) => onChange({ returns: { ...invitation.returns, [when]: url } })}
              />
            ))}
          </fieldset>
        </details>
      </div>
    </ConfirmForm>
  );
}

function Made({ signup, onClose }: { signup: NewSignup; onClose: () => void }) {
  return (
    <>
      {signup.warnings.length === 0 ? null : (
        <ul className="stack" role="alert">
          {signup.warnings.map(({ code, text }) => (
            <li key={code} className="waba-warning">
              <Lamp lamp="red" />
              {text}
            </li>
          ))}
        </ul>
      )}
      <p className={styles.inviteLink}>
        <code className="copy-value">{signup.url}</code>
      </p>
      <ClientMessage about={{ kind: "invite" }} link={signup.url} language={signup.language} />
      <div className="row dialog-actions">
        <LinkButton to="/onboarding/$signupId" params={{ signupId: signup.id }}>
          {t("onboarding.dialog.open")}
        </LinkButton>
        <Button onClick={onClose}>{t("onboarding.dialog.done")}</Button>
      </div>
    </>
  );
}
