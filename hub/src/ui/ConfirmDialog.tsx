import { Button, Modal } from "@mantine/core";
import type { FormEvent, ReactNode } from "react";
import { t } from "../messages.ts";
import { ChangedMeanwhile, isChangedMeanwhile, Problem } from "./Problem.tsx";

interface FormProps {
  /** What happens, and fields where something must be filled in. */
  children: ReactNode;
  /** The verb of the act. */
  confirm: string;
  /** `danger`: what is lost cannot be brought back by a click. */
  tone?: "danger" | "primary";
  isSending: boolean;
  /** False while what happens is not known yet. */
  isReady?: boolean;
  error: unknown;
  onConfirm: () => void;
  /** Begins anew with what is there now, where somebody else has changed it meanwhile. */
  onReload?: () => void;
  onClose: () => void;
}

/**
 * Asks before an act. It stays open until the server has agreed, and a refusal is shown in it. The focus is
 * on "Cancel", or on the field that has `data-autofocus`.
 */
export function ConfirmDialog({
  title,
  size = "md",
  ...form
}: FormProps & { title: string; size?: "md" | "lg" }) {
  return (
    <Modal opened onClose={form.onClose} title={title} size={size}>
      <ConfirmForm {...form} />
    </Modal>
  );
}

/** The content of such a dialog, where the dialog goes on to show a result. */
export function ConfirmForm({ children, tone = "primary", isReady = true, ...props }: FormProps) {
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    // Not `disabled`: the focus would be lost, and with it the place where a refusal is shown.
    if (isReady && !props.isSending) props.onConfirm();
  };
  return (
    <form onSubmit={onSubmit}>
      {children}
      {props.error ? <Refusal error={props.error} onReload={props.onReload} /> : null}
      <div className="row dialog-actions">
        <Button data-autofocus onClick={props.onClose}>
          {t("cancel")}
        </Button>
        <Button
          type="submit"
          variant="filled"
          color={tone === "danger" ? "red" : "accent"}
          disabled={!isReady}
          aria-disabled={props.isSending}
        >
          {props.confirm}
        </Button>
      </div>
    </form>
  );
}

const Refusal = ({ error, onReload }: { error: unknown; onReload: (() => void) | undefined }) =>
  onReload && isChangedMeanwhile(error) ? (
    <ChangedMeanwhile onReload={onReload} />
  ) : (
    <Problem error={error} />
  );
