import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import {
  createWebhookEndpointMutation,
  updateWebhookEndpointMutation,
} from "../../api/generated/@tanstack/react-query.gen.ts";
import { eventTypesQuery } from "../../api/queries.ts";
import type { WebhookEndpoint } from "../../api/types.ts";
import { t } from "../../messages.ts";
import { announce } from "../../ui/announce.ts";
import { ConfirmDialog } from "../../ui/ConfirmDialog.tsx";
import { bodyOf, changeOf, EMPTY_WISH, wishOf, type EndpointWish } from "./endpoint.ts";
import { EndpointFields } from "./EndpointFields.tsx";
import { NewSecret } from "./NewSecret.tsx";
import { useWebhooksAgain } from "./useWebhooksAgain.ts";

/** First asks where and what, then shows the secret. */
export function CreateEndpointDialog({ onClose }: { onClose: () => void }) {
  const again = useWebhooksAgain();
  const types = useQuery(eventTypesQuery).data?.data ?? [];
  const [wish, setWish] = useState(EMPTY_WISH);
  const create = useMutation({ ...createWebhookEndpointMutation(), onSuccess: again });
  if (create.data) return <NewSecret of={create.data} onClose={onClose} />;
  const body = bodyOf(wish, types);
  return (
    <ConfirmDialog
      title={t("settings.webhooks.create_title")}
      size="lg"
      confirm={t("settings.webhooks.create")}
      isSending={create.isPending}
      isReady={body !== undefined}
      error={create.error}
      onConfirm={() => body && create.mutate({ body })}
      onClose={onClose}
    >
      <EndpointFields
        wish={wish}
        kept={null}
        onChange={(change) => setWish((last) => ({ ...last, ...change }))}
      />
    </ConfirmDialog>
  );
}

/** Sends only what the person changed, so that a colleague's change of something else stays. */
export function ChangeEndpointDialog({
  of: endpoint,
  onClose,
}: {
  of: WebhookEndpoint;
  onClose: () => void;
}) {
  const again = useWebhooksAgain();
  const types = useQuery(eventTypesQuery).data?.data ?? [];
  const [wish, setWish] = useState<EndpointWish>(() => wishOf(endpoint));
  const [before] = useState(endpoint);
  const change = useMutation({
    ...updateWebhookEndpointMutation(),
    async onSuccess() {
      announce(t("settings.webhooks.changed_done"));
      onClose();
      await again();
    },
  });
  const body = changeOf(before, wish, types);
  return (
    <ConfirmDialog
      title={t("settings.webhooks.change_title")}
      size="lg"
      confirm={t("settings.webhooks.change_confirm")}
      isSending={change.isPending}
      isReady={body !== undefined}
      error={change.error}
      onConfirm={() => body && change.mutate({ path: { id: endpoint.id }, body })}
      onClose={onClose}
    >
      <EndpointFields
        wish={wish}
        kept={before.header_names}
        onChange={(changed) => setWish((last) => ({ ...last, ...changed }))}
      />
    </ConfirmDialog>
  );
}
