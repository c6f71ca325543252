import { Modal } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client.ts";
import { signupQuery } from "../../api/queries.ts";
import type { Signup } from "../../api/types.ts";
import { useMayAct } from "../../api/useMayAct.ts";
import { texts } from "../../texts.ts";
import { Lamp } from "../../ui/Lamp.tsx";
import { Problem } from "../../ui/Problem.tsx";

const { successor } = texts.onboarding;

/** A WABA that replaces the expected one, or came without Meta's code, and the command that accepts it. */
export function Successor({ signup, offered }: { signup: Signup; offered: NonNullable<Signup["offered"]> }) {
  const [isAsking, setAsking] = useState(false);
  const mayAct = useMayAct();
  const strings = offered.to_confirm ? confirmStringsOf(offered) : successorStringsOf(signup, offered);
  return (
    <div className="exit-reason">
      <Lamp lamp="amber" />
      <div>
        <p className="strong">{strings.title}</p>
        <p>{strings.text}</p>
        {(offered.to_confirm || offered.may_accept) && mayAct ? (
          <button type="button" className="button" data-primary onClick={() => setAsking(true)}>
            {strings.action}
          </button>
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
  path: "accept-successor" | "confirm-waba";
}

function successorStringsOf(signup: Signup, offered: NonNullable<Signup["offered"]>): Strings {
  const there = successor.named(offered.name, offered.waba_id);
  const expected = successor.named(signup.waba_name, signup.waba_id ?? "");
  return {
    title: successor.title,
    text: offered.may_accept ? successor.offered(there, expected) : successor.barred(there, expected),
    action: successor.accept,
    askTitle: successor.askTitle,
    ask: successor.ask(there, expected),
    detail: successor.askDetail,
    path: "accept-successor",
  };
}

function confirmStringsOf(offered: NonNullable<Signup["offered"]>): Strings {
  const there = successor.named(offered.name, offered.waba_id);
  return {
    title: successor.confirmTitle,
    text: successor.came(there),
    action: successor.confirmAct,
    askTitle: successor.confirmAskTitle,
    ask: successor.confirmAsk(there),
    detail: successor.confirmDetail,
    path: "confirm-waba",
  };
}

function TakeDialog(props: { signupId: string; strings: Strings; onClose: () => void }) {
  const { strings } = props;
  const queries = useQueryClient();
  const take = useMutation({
    mutationFn: () => api.post<Signup>(`/signups/${encodeURIComponent(props.signupId)}/${strings.path}`),
    onSuccess(fresh) {
      queries.setQueryData(signupQuery(props.signupId).queryKey, fresh);
      void queries.invalidateQueries({ queryKey: ["waba"] });
      props.onClose();
    },
  });
  return (
    <Modal
      opened
      onClose={props.onClose}
      title={strings.askTitle}
      closeButtonProps={{ "aria-label": texts.close }}
    >
      <p className="strong">{strings.ask}</p>
      <p>{strings.detail}</p>
      {take.error ? <Problem error={take.error} /> : null}
      <div className="row dialog-actions">
        <button type="button" className="button" data-autofocus onClick={props.onClose}>
          {texts.cancel}
        </button>
        <button
          type="button"
          className="button"
          data-primary
          disabled={take.isPending}
          onClick={() => take.mutate()}
        >
          {strings.action}
        </button>
      </div>
    </Modal>
  );
}
