import { Modal } from "@mantine/core";
import { useMemo, useState, type ReactNode } from "react";
import { useKeys } from "../../shell/keyboard.ts";
import { texts } from "../../texts.ts";
import { Icon } from "../../ui/icons.tsx";

/** "Send link to client": opens a sheet with what there is to send. The key `l` does the same. */
export function SendButton({ isPrimary, children }: { isPrimary: boolean; children: ReactNode }) {
  const [isOpen, setOpen] = useState(false);
  useKeys(useMemo(() => ({ l: () => setOpen(true) }), []));
  return (
    <>
      <button
        type="button"
        className="button button-reshare"
        data-primary={isPrimary}
        aria-keyshortcuts="l"
        onClick={() => setOpen(true)}
      >
        <Icon name="mail" />
        {texts.waba.send}
      </button>
      {isOpen ? (
        <Modal
          opened
          size={560}
          onClose={() => setOpen(false)}
          title={texts.waba.send}
          closeButtonProps={{ "aria-label": texts.close }}
        >
          <p className="muted">{texts.onboarding.message.lead}</p>
          {children}
        </Modal>
      ) : null}
    </>
  );
}
