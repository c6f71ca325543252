import { Button, Modal } from "@mantine/core";
import { t } from "../messages.ts";
import { CopyButton } from "./Copy.tsx";
import styles from "./ShownOnce.module.css";

/** A key or link that is shown only here, so the dialog closes only when the person confirms the copy. */
export function ShownOnce(props: {
  title: string;
  detail: string;
  value: string;
  /** Names the value for a screen reader. */
  what: string;
  onClose: () => void;
}) {
  return (
    <Modal
      opened
      onClose={props.onClose}
      title={props.title}
      closeOnClickOutside={false}
      closeOnEscape={false}
      withCloseButton={false}
    >
      <p>{props.detail}</p>
      <div className={styles.value}>
        <code className="copy-value">{props.value}</code>
        <CopyButton value={props.value} what={props.what} />
      </div>
      <div className="row dialog-actions">
        <Button variant="filled" onClick={props.onClose}>
          {t("number.new_done")}
        </Button>
      </div>
    </Modal>
  );
}
