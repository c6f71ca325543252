import { NativeSelect } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import {
  deleteWebhookEndpointMutation,
  rotateWebhookSecretMutation,
  testWebhookEndpointMutation,
  updateWebhookEndpointMutation,
} from "../../api/generated/@tanstack/react-query.gen.ts";
import { eventTypesQuery, webhookEndpointsQuery } from "../../api/queries.ts";
import type { WebhookEndpoint, WebhookTest } from "../../api/types.ts";
import { isolated } from "../../isolated.ts";
import { t } from "../../messages.ts";
import { announce } from "../../ui/announce.ts";
import { ConfirmDialog } from "../../ui/ConfirmDialog.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import { OVERLAPS, OverlapSelect, type Overlap } from "../settings/OverlapSelect.tsx";
import settings from "../settings/settings.module.css";
import { isListed, stateActOf } from "./endpoint.ts";
import { NewSecret } from "./NewSecret.tsx";
import { useWebhooksAgain } from "./useWebhooksAgain.ts";

interface DialogProps {
  of: WebhookEndpoint;
  onClose: () => void;
}

/** A test that was sent, and what the receiver answered. */
export interface Tested {
  endpoint: WebhookEndpoint;
  type: string;
  result: WebhookTest;
}

/** The answer goes to the page: there it stays, and leads to the log. */
export function TestDialog({
  of: endpoint,
  onClose,
  onTested,
}: DialogProps & { onTested: (tested: Tested) => void }) {
  const types = useQuery(eventTypesQuery).data?.data ?? [];
  const again = useWebhooksAgain();
  const [type, setType] = useState("webhook.test");
  const test = useMutation({
    ...testWebhookEndpointMutation(),
    async onSuccess(result) {
      onTested({ endpoint, type, result });
      onClose();
      await again();
    },
  });
  const send = (): void =>
    test.mutate({ path: { id: endpoint.id }, body: isListed(types, type) ? { type } : {} });
  return (
    <ConfirmDialog
      title={t("settings.webhooks.test_title", { url: isolated(endpoint.url) })}
      confirm={test.isPending ? t("settings.webhooks.test_sending") : t("settings.webhooks.test_confirm")}
      isSending={test.isPending}
      error={test.error}
      onConfirm={send}
      onClose={onClose}
    >
      <div className={settings.fields}>
        <p>{t("settings.webhooks.test_detail")}</p>
        <NativeSelect
          label={t("settings.webhooks.test_type")}
          description={types.find((listed) => listed.type === type)?.meaning}
          data={[...types.map((listed) => listed.type)].sort(
            (one, other) => Number(other === "webhook.test") - Number(one === "webhook.test"),
          )}
          value={type}
          onChange={({ currentTarget: { value } }) => setType(value)}
        />
      </div>
    </ConfirmDialog>
  );
}

/** Pauses the endpoint, or enables it again. */
export function StateDialog({ of: endpoint, onClose }: DialogProps) {
  const again = useWebhooksAgain();
  const [act] = useState(() => stateActOf(endpoint.state));
  const change = useMutation({
    ...updateWebhookEndpointMutation(),
    async onSuccess() {
      announce(t("settings.webhooks.changed_done"));
      onClose();
      await again();
    },
  });
  const state = act === "pause" ? "paused" : "enabled";
  return (
    <ConfirmDialog
      title={t(`settings.webhooks.state_titles.${act}`, { url: isolated(endpoint.url) })}
      confirm={t(`settings.webhooks.state_acts.${act}`)}
      isSending={change.isPending}
      error={change.error}
      onConfirm={() => change.mutate({ path: { id: endpoint.id }, body: { state } })}
      onClose={onClose}
    >
      <p>{t(`settings.webhooks.state_details.${act}`)}</p>
    </ConfirmDialog>
  );
}

/** A new secret; the old one signs, too, for as long as the receiver needs to change. */
export function RotateSecretDialog({ of: endpoint, onClose }: DialogProps) {
  const [overlap, setOverlap] = useState<Overlap>("day");
  const again = useWebhooksAgain();
  const rotate = useMutation({ ...rotateWebhookSecretMutation(), onSuccess: again });
  if (rotate.data) return <NewSecret of={rotate.data} onClose={onClose} />;
  return (
    <ConfirmDialog
      title={t("settings.webhooks.rotate_title", { url: isolated(endpoint.url) })}
      confirm={t("settings.webhooks.rotate")}
      isSending={rotate.isPending}
      error={rotate.error}
      onConfirm={() => rotate.mutate({ path: { id: endpoint.id }, body: { overlap_s: OVERLAPS[overlap] } })}
      onClose={onClose}
    >
      <div className={settings.fields}>
        <p>{t("settings.webhooks.rotate_detail")}</p>
        <OverlapSelect label={t("settings.webhooks.rotate_overlap")} value={overlap} onChange={setOverlap} />
        {endpoint.previous_secret_until === null ? null : (
          <p className="muted small">
            {t("settings.webhooks.rotate_previous")} <RelativeTime at={endpoint.previous_secret_until} />
          </p>
        )}
      </div>
    </ConfirmDialog>
  );
}

/** Names the address. `onDeleted` leaves a page that is no longer there. */
export function DeleteDialog({ of: endpoint, onClose, onDeleted }: DialogProps & { onDeleted: () => void }) {
  const queries = useQueryClient();
  const remove = useMutation({
    ...deleteWebhookEndpointMutation(),
    async onSuccess() {
      announce(t("settings.webhooks.deleted_done"));
      onClose();
      onDeleted();
      await queries.invalidateQueries({ queryKey: webhookEndpointsQuery.queryKey });
    },
  });
  return (
    <ConfirmDialog
      title={t("settings.webhooks.delete_title", { url: isolated(endpoint.url) })}
      confirm={t("settings.webhooks.delete")}
      tone="danger"
      isSending={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate({ path: { id: endpoint.id } })}
      onClose={onClose}
    >
      <p>{t("settings.webhooks.delete_detail")}</p>
    </ConfirmDialog>
  );
}
