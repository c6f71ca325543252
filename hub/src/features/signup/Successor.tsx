import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { acceptSuccessor, confirmSignupWaba } from "../../api/generated/sdk.gen.ts";
import { signupQuery } from "../../api/queries.ts";
import { everyWaba } from "../../api/query-keys.ts";
import type { Signup } from "../../api/types.ts";
import { useMayAct } from "../../api/useMayAct.ts";
import { isolated } from "../../isolated.ts";
import { t } from "../../messages.ts";
import { ConfirmDialog } from "../../ui/ConfirmDialog.tsx";
import { Lamp } from "../../ui/Lamp.tsx";
import styles from "./signup.module.css";

/** A WABA that replaces the expected one, or came without Meta's code, and the command that accepts it. */
export function Successor({ signup, offered }: { signup: Signup; offered: NonNullable<Signup["offered"]> }) {
  const [isAsking, setAsking] = useState(false);
  const mayAct = useMayAct();
  const strings = offered.to_confirm ? confirmStringsOf(offered) : successorStringsOf(signup, offered);
  return (
    <div className={styles.exitReason}>
      <Lamp lamp="amber" />
      <div>
        <p className="strong">{strings.title}</p>
        <p>{strings.text}</p>
        {(offered.to_confirm || offered.may_accept) && mayAct ? (
          <Button variant="filled" onClick={() => setAsking(true)}>
            {strings.action}
          </Button>
        ) : null}
      </div>
      {isAsking ? (
        <TakeDialog signupId={signup.id} strings={strings} onClose={() => setAsking(false)} />
      ) : null}
    </div>
  );
}

interface Strings {
  title: string;
  text: string;
  action: string;
  askTitle: string;
  ask: string;
  detail: string;
  take: typeof acceptSuccessor | typeof confirmSignupWaba;
}

function successorStringsOf(signup: Signup, offered: NonNullable<Signup["offered"]>): Strings {
  const there = namedOf(offered.name, offered.waba_id);
  const expected = namedOf(signup.waba_name, signup.waba_id ?? "");
  return {
    title: t("onboarding.successor.title"),
    text: offered.may_accept
      ? t("onboarding.successor.offered", { offered: there, expected })
      : t("onboarding.successor.barred", { offered: there, expected }),
    action: t("onboarding.successor.accept"),
    askTitle: t("onboarding.successor.ask_title"),
    ask: t("onboarding.successor.ask", { offered: there, expected }),
    detail: t("onboarding.successor.ask_detail"),
    take: acceptSuccessor,
  };
}

const namedOf = (name: string | null, id: string): string =>
  name === null ? id : `${isolated(name)} (${id})`;

function confirmStringsOf(offered: NonNullable<Signup["offered"]>): Strings {
  const there = namedOf(offered.name, offered.waba_id);
  return {
    title: t("onboarding.successor.confirm_title"),
    text: t("onboarding.successor.came", { offered: there }),
    action: t("onboarding.successor.confirm_act"),
    askTitle: t("onboarding.successor.confirm_ask_title"),
    ask: t("onboarding.successor.confirm_ask", { offered: there }),
    detail: t("onboarding.successor.confirm_detail"),
    take: confirmSignupWaba,
  };
}

function TakeDialog(props: { signupId: string; strings: Strings; onClose: () => void }) {
  const { strings } = props;
  const queries = useQueryClient();
  const take = useMutation({
    mutationFn: async () => (await strings.take({ path: { id: props.signupId } })).data,
    onSuccess(fresh) {
      queries.setQueryData(signupQuery(props.signupId).queryKey, fresh);
      void queries.invalidateQueries({ queryKey: everyWaba });
      props.onClose();
    },
  });
  return (
    <ConfirmDialog
      title={strings.askTitle}
      confirm={strings.action}
      isSending={take.isPending}
      error={take.error}
      onConfirm={() => take.mutate()}
      onClose={props.onClose}
    >
      <p className="strong">{strings.ask}</p>
      <p>{strings.detail}</p>
    </ConfirmDialog>
  );
}
