import { TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { recoverWebhookEndpointMutation } from "../../api/generated/@tanstack/react-query.gen.ts";
import type { WebhookEndpoint } from "../../api/types.ts";
import { t } from "../../messages.ts";
import { localMinuteOf } from "../../time/format.ts";
import { serverNow } from "../../time/server-clock.ts";
import { ConfirmDialog } from "../../ui/ConfirmDialog.tsx";
import settings from "../settings/settings.module.css";
import { useWebhooksAgain } from "./useWebhooksAgain.ts";

const DAY_MS = 86_400_000;

/** What was planned. */
export interface Recovered {
  only: "failed" | "missing";
  planned: number;
}

/** Asks since when, and plans what failed since then, or what was never sent. */
export function RecoverDialog(props: {
  endpoint: WebhookEndpoint;
  only: Recovered["only"];
  onRecovered: (recovered: Recovered) => void;
  onClose: () => void;
}) {
  const { endpoint, only, onClose } = props;
  const again = useWebhooksAgain();
  const [since, setSince] = useState(() =>
    localMinuteOf(
      endpoint.failing_since === null ? serverNow() - DAY_MS : Date.parse(endpoint.failing_since),
    ),
  );
  const recover = useMutation({
    ...recoverWebhookEndpointMutation(),
    async onSuccess({ planned }) {
      props.onRecovered({ only, planned });
      onClose();
      await again();
    },
  });
  const send = (): void =>
    recover.mutate({ path: { id: endpoint.id }, body: { since: new Date(since).toISOString(), only } });
  return (
    <ConfirmDialog
      title={t(`settings.webhooks.recover_title.${only}`)}
      confirm={t("settings.webhooks.recover_confirm")}
      isSending={recover.isPending}
      isReady={since !== ""}
      error={recover.error}
      onConfirm={send}
      onClose={onClose}
    >
      <div className={settings.fields}>
        <p>{t(`settings.webhooks.recover_detail.${only}`)}</p>
        <TextInput
          label={t("since")}
          type="datetime-local"
          data-autofocus
          max={localMinuteOf(serverNow())}
          value={since}
          onChange={(event) => setSince(event.target.value)}
        />
      </div>
    </ConfirmDialog>
  );
}
