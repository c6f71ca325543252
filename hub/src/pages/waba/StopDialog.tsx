import { Modal } from "@mantine/core";
import { useId, useState, type FormEvent } from "react";
import type { Waba } from "../../api/types.ts";
import { texts } from "../../texts.ts";

/** Asks for the reason: support will be asked why nothing is sent. */
export function StopDialog(props: {
  waba: Waba;
  actor: string;
  opened: boolean;
  onClose: () => void;
  onConfirm: (close: { reason: string; until?: string }) => void;
}) {
  const id = useId();
  const untilId = useId();
  const [why, setWhy] = useState("");
  const [until, setUntil] = useState("");
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    props.onConfirm({
      reason: why.trim(),
      ...(until !== "" && { until: new Date(until).toISOString() }),
    });
  };
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      title={texts.waba.stopTitle(props.waba.name)}
      closeButtonProps={{ "aria-label": texts.close }}
    >
      <p>{texts.waba.stopDetail(props.actor)}</p>
      <form onSubmit={onSubmit}>
        <label htmlFor={id}>{texts.waba.stopWhy}</label>
        <input
          id={id}
          className="input"
          data-autofocus
          required
          pattern=".*\S.*"
          maxLength={500}
          value={why}
          placeholder={texts.waba.stopWhyHint}
          onChange={(event) => setWhy(event.target.value)}
        />
        <label htmlFor={untilId}>{texts.waba.stopUntil}</label>
        <input
          id={untilId}
          className="input"
          type="datetime-local"
          value={until}
          aria-describedby={`${untilId}-hint`}
          onChange={(event) => setUntil(event.target.value)}
        />
        <p id={`${untilId}-hint`} className="muted">
          {texts.waba.stopUntilHint}
        </p>
        <div className="row dialog-acts">
          <button type="button" className="button" onClick={props.onClose}>
            {texts.cancel}
          </button>
          <button type="submit" className="button" data-danger>
            {texts.waba.stopConfirm}
          </button>
        </div>
      </form>
    </Modal>
  );
}
