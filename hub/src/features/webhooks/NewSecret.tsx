import type { NewWebhookEndpoint } from "../../api/types.ts";
import { t } from "../../messages.ts";
import { ShownOnce } from "../../ui/ShownOnce.tsx";

/** What the receiver verifies deliveries with: a secret that is shown only here, or a public key. */
export function NewSecret({
  of: { secret, public_key },
  onClose,
}: {
  of: NewWebhookEndpoint;
  onClose: () => void;
}) {
  if (secret === null)
    return (
      <ShownOnce
        title={t("settings.webhooks.key_title")}
        detail={t("settings.webhooks.key_detail")}
        value={public_key ?? ""}
        what={t("copied_things.public_key")}
        onClose={onClose}
      />
    );
  return (
    <ShownOnce
      title={t("settings.webhooks.secret_title")}
      detail={t("settings.webhooks.secret_detail")}
      value={secret}
      what={t("copied_things.secret")}
      onClose={onClose}
    />
  );
}
