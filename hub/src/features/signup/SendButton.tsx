import { Button } from "@mantine/core";
import { t } from "../../messages.ts";
import { Icon } from "../../ui/icons.tsx";

/** "Send link to client": opens a sheet with what there is to send. The key `l` does the same. */
export function SendButton({ isPrimary, onClick }: { isPrimary: boolean; onClick: () => void }) {
  return (
    <Button
      className="button-reshare"
      variant={isPrimary ? "filled" : "default"}
      aria-keyshortcuts="l"
      onClick={onClick}
    >
      <Icon name="mail" />
      {t("waba.send")}
    </Button>
  );
}
