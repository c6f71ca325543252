import { Button, Modal } from "@mantine/core";
import { saveAs } from "../../api/download.ts";
import { t } from "../../messages.ts";
import { CopyButton } from "../../ui/Copy.tsx";
import { Icon } from "../../ui/icons.tsx";
import styles from "./settings.module.css";

/** They are shown only here, so the dialog closes only when the person confirms to have kept them. */
export function RecoveryCodes(props: { codes: string[]; email: string; onClose: () => void }) {
  const { codes, email, onClose } = props;
  const text = [t("settings.security.codes_head", { address: location.host, email }), "", ...codes, ""];
  const download = (): void =>
    saveAs(new Blob([text.join("\n")], { type: "text/plain" }), "sharekeeper-recovery-codes.txt");
  return (
    <Modal
      opened
      onClose={onClose}
      title={t("settings.security.codes_title")}
      closeOnClickOutside={false}
      closeOnEscape={false}
      withCloseButton={false}
    >
      <div className={styles.fields}>
        <p>{t("settings.security.codes_detail")}</p>
        <ul className={`mono ${styles.codes}`} aria-label={t("settings.security.codes")}>
          {codes.map((code) => (
            <li key={code}>{code}</li>
          ))}
        </ul>
        <div className="row">
          <CopyButton value={codes.join("\n")} what={t("copied_things.codes")} />
          <Button onClick={download}>
            <Icon name="download" />
            {t("settings.security.codes_download")}
          </Button>
        </div>
      </div>
      <div className="row dialog-actions">
        <Button variant="filled" onClick={onClose}>
          {t("settings.security.codes_kept")}
        </Button>
      </div>
    </Modal>
  );
}
