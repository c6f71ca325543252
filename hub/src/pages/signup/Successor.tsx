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

/** The WABA that came in the place of the expected one, or without Meta's code, and the one act that takes it in. */
export function Successor({ signup, offered }: { signup: Signup; offered: NonNullable<Signup["offered"]> }) {
  const [isAsking, setAsking] = useState(false);
  const mayAct = useMayAct();
  const words = offered.to_confirm ? confirmWordsOf(offered) : successorWordsOf(signup, offered);
  return (
    <div className="way-out">
      <Lamp lamp="amber" />
      <div>
        <p className="strong">{words.title}</p>
        <p>{words.text}</p>
        {(offered.to_confirm || offered.may_accept) && mayAct ? (
          <button type="button" className="button" data-primary onClick={() => setAsking(true)}>
            {words.act}
          </button>
        ) : null}
      </div>
      {isAsking ? <TakeDialog signupId={signup.id} words={words} onClose={() => setAsking(false)} /> : null}
    </div>
  );
}

interface Words {
  title: string;
  text: string;
  act: string;
  askTitle: string;
  ask: string;
  detail: string;
  path: "accept-successor" | "confirm-waba";
}

function successorWordsOf(signup: Signup, offered: NonNullable<Signup["offered"]>): Words {
  const there = successor.named(offered.name, offered.waba_id);
  const expected = successor.named(signup.waba_name, signup.waba_id ?? "");
  return {
    title: successor.title,
    text: offered.may_accept ? successor.offered(there, expected) : successor.barred(there, expected),
    act: successor.accept,
    askTitle: successor.askTitle,
    ask: successor.ask(there, expected),
    detail: successor.askDetail,
    path: "accept-successor",
  };
}

function confirmWordsOf(offered: NonNullable<Signup["offered"]>): Words {
  const there = successor.named(offered.name, offered.waba_id);
  return {
    title: successor.confirmTitle,
    text: successor.came(there),
    act: successor.confirmAct,
    askTitle: successor.confirmAskTitle,
    ask: successor.confirmAsk(there),
    detail: successor.confirmDetail,
    path: "confirm-waba",
  };
}

function TakeDialog(props: { signupId: string; words: Words; onClose: () => void }) {
  const { words } = props;
  const queries = useQueryClient();
  const take = useMutation({
    mutationFn: () => api.post<Signup>(`/signups/${encodeURIComponent(props.signupId)}/${words.path}`),
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
      title={words.askTitle}
      closeButtonProps={{ "aria-label": texts.close }}
    >
      <p className="strong">{words.ask}</p>
      <p>{words.detail}</p>
      {take.error ? <Problem error={take.error} /> : null}
      <div className="row dialog-acts">
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
          {words.act}
        </button>
      </div>
    </Modal>
  );
}
