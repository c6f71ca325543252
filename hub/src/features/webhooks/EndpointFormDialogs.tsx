import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import {
  createWebhookEndpointMutation,
  updateWebhookEndpointMutation,
} from "../../api/generated/@tanstack/react-query.gen.ts";
import { eventTypesQuery } from "../../api/queries.ts";
import { getWebhookEndpoint } from "../../api/generated/sdk.gen.ts";
import type { WebhookEndpoint } from "../../api/types.ts";
import { ifUnchanged, readVersioned, type Versioned } from "../../api/versioned.ts";
import { t } from "../../messages.ts";
import { announce } from "../../ui/announce.ts";
import { ConfirmDialog, ConfirmForm } from "../../ui/ConfirmDialog.tsx";
import { EditDialog } from "../../ui/EditDialog.tsx";
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

/** Edits the endpoint as it is now. */
export const ChangeEndpointDialog = ({
  of: { id },
  onClose,
}: {
  of: WebhookEndpoint;
  onClose: () => void;
}) => (
  <EditDialog
    title={t("settings.webhooks.change_title")}
    size="lg"
    read={() => readVersioned(getWebhookEndpoint({ path: { id } }))}
    onClose={onClose}
  >
    {(edited, reload) => <ChangeForm edited={edited} onReload={reload} onClose={onClose} />}
  </EditDialog>
);

/** Sends only what the person changed. A colleague's change meanwhile is never overwritten unseen. */
function ChangeForm(props: {
  edited: Versioned<WebhookEndpoint>;
  onReload: () => void;
  onClose: () => void;
}) {
  const again = useWebhooksAgain();
  const types = useQuery(eventTypesQuery).data?.data ?? [];
  const [{ value: before, etag }] = useState(props.edited);
  const [wish, setWish] = useState<EndpointWish>(() => wishOf(before));
  const change = useMutation({
    ...updateWebhookEndpointMutation(),
    async onSuccess() {
      announce(t("settings.webhooks.changed_done"));
      props.onClose();
      await again();
    },
  });
  const body = changeOf(before, wish, types);
  return (
    <ConfirmForm
      confirm={t("settings.webhooks.change_confirm")}
      isSending={change.isPending}
      isReady={body !== undefined}
      error={change.error}
      onConfirm={() => body && change.mutate({ path: { id: before.id }, body, ...ifUnchanged({ etag }) })}
      onReload={props.onReload}
      onClose={props.onClose}
    >
      <EndpointFields
        wish={wish}
        kept={before.header_names}
        onChange={(changed) => setWish((last) => ({ ...last, ...changed }))}
      />
    </ConfirmForm>
  );
}
