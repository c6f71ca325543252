import { Button, Modal } from "@mantine/core";
import { useMemo, useState, type ReactNode } from "react";
import { useKeys } from "../../shell/keyboard.ts";
import { t } from "../../messages.ts";
import { Icon } from "../../ui/icons.tsx";

/** "Send link to client": opens a sheet with what there is to send. The key `l` does the same. */
export function SendButton({ isPrimary, children }: { isPrimary: boolean; children: ReactNode }) {
  const [isOpen, setOpen] = useState(false);
  useKeys(useMemo(() => ({ l: () => setOpen(true) }), []));
  return (
    <>
      <Button
        className="button-reshare"
        variant={isPrimary ? "filled" : "default"}
        aria-keyshortcuts="l"
        onClick={() => setOpen(true)}
      >
        <Icon name="mail" />
        {t("waba.send")}
      </Button>
      {isOpen ? (
        <Modal opened size={560} onClose={() => setOpen(false)} title={t("waba.send")}>
          <p className="muted">{t("onboarding.message.lead")}</p>
          {children}
        </Modal>
      ) : null}
    </>
  );
}
