import { Button, Modal, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { openInvitationLinkMutation } from "../../api/generated/@tanstack/react-query.gen.ts";
import type { Signup } from "../../api/types.ts";
import type { MessageAbout } from "../../client-messages.ts";
import { t } from "../../messages.ts";
import { useKeys } from "../../shell/keyboard.ts";
import { CopyButton, useCopied } from "../../ui/Copy.tsx";
import { Icon } from "../../ui/icons.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { useInvitationMessage } from "../signup/ClientMessage.tsx";
import { SendButton } from "../signup/SendButton.tsx";
import { titleOf } from "./signup-texts.ts";

/** What an operator does with an invitation: copies its link or sends it. */
export function InvitationActs({ signup }: { signup: Signup }) {
  const message = useInvitationMessage(signup, messageAboutOf(signup));
  useKeys(useMemo(() => ({ l: message.open }), [message.open]));
  return (
    <>
      <CopyLink signupId={signup.id} />
      <SendButton isPrimary onClick={message.open} />
      {message.dialog}
    </>
  );
}

/** What the client is asked to do, and for a repair with which account and until when. */
function messageAboutOf(signup: Signup): MessageAbout {
  if (!signup.is_repair) return { kind: "invite" };
  const account = signup.waba_name ?? signup.waba_id ?? titleOf(signup);
  return { kind: "reshare", account, expiresAt: signup.expires_at };
}

/** Asks for the address and copies it. Where the browser does not copy it, the address is shown. */
function CopyLink({ signupId }: { signupId: string }) {
  const taking = useMutation(openInvitationLinkMutation());
  const [copied, copy] = useCopied();
  const [isRefused, setRefused] = useState(false);
  const take = (): void => {
    setRefused(false);
    const url = taking.mutateAsync({ path: { id: signupId } }).then((link) => link.url);
    copy(url, () => setRefused(true));
  };
  return (
    <>
      <Button onClick={take}>
        <Icon name={copied ? "check" : "copy"} />
        {copied ? t("copied") : t("onboarding.message.copy_link")}
      </Button>
      {taking.error ? <Problem error={taking.error} /> : null}
      {isRefused && taking.data ? (
        <LinkDialog url={taking.data.url} onClose={() => setRefused(false)} />
      ) : null}
    </>
  );
}

function LinkDialog({ url, onClose }: { url: string; onClose: () => void }) {
  return (
    <Modal opened onClose={onClose} title={t("onboarding.message.link_title")}>
      <TextInput
        label={t("onboarding.message.link")}
        description={t("onboarding.message.link_hint")}
        readOnly
        data-autofocus
        value={url}
        onFocus={(event) => event.target.select()}
      />
      <div className="row dialog-actions">
        <CopyButton value={url} what={t("copied_things.invitation")} />
      </div>
    </Modal>
  );
}
