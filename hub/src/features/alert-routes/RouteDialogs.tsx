import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { say } from "../../alert-messages.ts";
import {
  createAlertRouteMutation,
  deleteAlertRouteMutation,
  updateAlertRouteMutation,
} from "../../api/generated/@tanstack/react-query.gen.ts";
import { getAlertRoute } from "../../api/generated/sdk.gen.ts";
import { alertChannelsQuery, alertRoutesQuery } from "../../api/queries.ts";
import type { AlertRoute } from "../../api/types.ts";
import { ifUnchanged, readVersioned, type Versioned } from "../../api/versioned.ts";
import { isolated } from "../../isolated.ts";
import { announce } from "../../ui/announce.ts";
import { ConfirmDialog, ConfirmForm } from "../../ui/ConfirmDialog.tsx";
import { EditDialog } from "../../ui/EditDialog.tsx";
import { bodyOf, changeOf, EMPTY_WISH, wishOf } from "./route.ts";
import { RouteFields } from "./RouteFields.tsx";

export const useRoutesAgain = () => {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: alertRoutesQuery.queryKey });
};

/** A new route is the last: the others decide before it. */
export function CreateRouteDialog({ onClose }: { onClose: () => void }) {
  const again = useRoutesAgain();
  const channels = useQuery(alertChannelsQuery).data?.data ?? [];
  const [wish, setWish] = useState(EMPTY_WISH);
  const create = useMutation({
    ...createAlertRouteMutation(),
    async onSuccess() {
      announce(say("routes.created_done"));
      onClose();
      await again();
    },
  });
  const body = bodyOf(wish);
  return (
    <ConfirmDialog
      title={say("routes.create_title")}
      size="lg"
      confirm={say("routes.create")}
      isSending={create.isPending}
      isReady={body !== undefined}
      error={create.error}
      onConfirm={() => body && create.mutate({ body })}
      onClose={onClose}
    >
      <RouteFields
        wish={wish}
        channels={channels}
        onChange={(change) => setWish((last) => ({ ...last, ...change }))}
      />
    </ConfirmDialog>
  );
}

interface DialogProps {
  of: AlertRoute;
  onClose: () => void;
}

/** Edits the route as it is now. */
export const ChangeRouteDialog = ({ of: { id }, onClose }: DialogProps) => (
  <EditDialog
    title={say("routes.change_title")}
    size="lg"
    read={() => readVersioned(getAlertRoute({ path: { id } }))}
    onClose={onClose}
  >
    {(edited, reload) => <ChangeForm edited={edited} onReload={reload} onClose={onClose} />}
  </EditDialog>
);

function ChangeForm(props: { edited: Versioned<AlertRoute>; onReload: () => void; onClose: () => void }) {
  const again = useRoutesAgain();
  const channels = useQuery(alertChannelsQuery).data?.data ?? [];
  const [{ value: before, etag }] = useState(props.edited);
  const [wish, setWish] = useState(() => wishOf(before));
  const change = useMutation({
    ...updateAlertRouteMutation(),
    async onSuccess() {
      announce(say("routes.changed_done"));
      props.onClose();
      await again();
    },
  });
  const body = changeOf(before, wish);
  return (
    <ConfirmForm
      confirm={say("routes.save")}
      isSending={change.isPending}
      isReady={body !== undefined}
      error={change.error}
      onConfirm={() => body && change.mutate({ path: { id: before.id }, body, ...ifUnchanged({ etag }) })}
      onReload={props.onReload}
      onClose={props.onClose}
    >
      <RouteFields
        wish={wish}
        channels={channels}
        onChange={(changed) => setWish((last) => ({ ...last, ...changed }))}
      />
    </ConfirmForm>
  );
}

export function DeleteRouteDialog({ of: route, onClose }: DialogProps) {
  const again = useRoutesAgain();
  const remove = useMutation({
    ...deleteAlertRouteMutation(),
    async onSuccess() {
      announce(say("routes.deleted_done"));
      onClose();
      await again();
    },
  });
  return (
    <ConfirmDialog
      title={say("routes.delete_title", { name: isolated(route.name) })}
      confirm={say("routes.delete")}
      tone="danger"
      isSending={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate({ path: { id: route.id } })}
      onClose={onClose}
    >
      <p>{say("routes.delete_detail")}</p>
    </ConfirmDialog>
  );
}
