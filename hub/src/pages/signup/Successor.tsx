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

/** The WABA that was chosen in the place of the expected one, and the one act that makes it its successor. */
export function Successor({ signup, offered }: { signup: Signup; offered: NonNullable<Signup["offered"]> }) {
  const [isAsking, setAsking] = useState(false);
  const mayAct = useMayAct();
  const there = successor.named(offered.name, offered.waba_id);
  const expected = successor.named(signup.waba_name, signup.waba_id ?? "");
  return (
    <div className="way-out">
      <Lamp lamp="amber" />
      <div>
        <p className="strong">{successor.title}</p>
        <p>{offered.may_accept ? successor.offered(there, expected) : successor.barred(there, expected)}</p>
        {offered.may_accept && mayAct ? (
          <button type="button" className="button" data-primary onClick={() => setAsking(true)}>
            {successor.accept}
          </button>
        ) : null}
      </div>
      {isAsking ? (
        <AcceptDialog
          signupId={signup.id}
          words={successor.ask(there, expected)}
          onClose={() => setAsking(false)}
        />
      ) : null}
    </div>
  );
}

function AcceptDialog(props: { signupId: string; words: string; onClose: () => void }) {
  const queries = useQueryClient();
  const accept = useMutation({
    mutationFn: () => api.post<Signup>(`/signups/${encodeURIComponent(props.signupId)}/accept-successor`),
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
      title={successor.askTitle}
      closeButtonProps={{ "aria-label": texts.close }}
    >
      <p className="strong">{props.words}</p>
      <p>{successor.askDetail}</p>
      {accept.error ? <Problem error={accept.error} /> : null}
      <div className="row dialog-acts">
        <button type="button" className="button" data-autofocus onClick={props.onClose}>
          {texts.cancel}
        </button>
        <button
          type="button"
          className="button"
          data-primary
          disabled={accept.isPending}
          onClick={() => accept.mutate()}
        >
          {successor.confirm}
        </button>
      </div>
    </Modal>
  );
}
