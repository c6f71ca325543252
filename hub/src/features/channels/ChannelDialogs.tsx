import { NativeSelect, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { say } from "../../alert-messages.ts";
import {
  createAlertChannelMutation,
  deleteAlertChannelMutation,
  updateAlertChannelMutation,
} from "../../api/generated/@tanstack/react-query.gen.ts";
import { getAlertChannel } from "../../api/generated/sdk.gen.ts";
import { alertChannelsQuery } from "../../api/queries.ts";
import type { AlertChannel } from "../../api/types.ts";
import { ifUnchanged, readVersioned, type Versioned } from "../../api/versioned.ts";
import { isolated } from "../../isolated.ts";
import { labelOf, labelsOf } from "../../labels.ts";
import { announce } from "../../ui/announce.ts";
import { ConfirmDialog, ConfirmForm } from "../../ui/ConfirmDialog.tsx";
import { EditDialog } from "../../ui/EditDialog.tsx";
import settings from "../settings/settings.module.css";
import { bodyOf, changeOf, EMPTY_WISH, type ChannelType, type Settings } from "./channel.ts";
import { ChannelFields } from "./ChannelFields.tsx";

export const useChannelsAgain = () => {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: alertChannelsQuery.queryKey });
};

/** Asks of which type it is, and for what this type needs. */
export function CreateChannelDialog({ onClose }: { onClose: () => void }) {
  const again = useChannelsAgain();
  const [wish, setWish] = useState(EMPTY_WISH);
  const create = useMutation({
    ...createAlertChannelMutation(),
    async onSuccess() {
      announce(say("channels.created_done"));
      onClose();
      await again();
    },
  });
  const body = bodyOf(wish);
  return (
    <ConfirmDialog
      title={say("channels.create_title")}
      confirm={say("channels.create")}
      isSending={create.isPending}
      isReady={body !== undefined}
      error={create.error}
      onConfirm={() => body && create.mutate({ body })}
      onClose={onClose}
    >
      <div className={settings.fields}>
        <NativeSelect
          label={say("channels.type")}
          data-autofocus
          data={Object.entries(labelsOf("channel_type")).map(([value, label]) => ({ value, label }))}
          value={wish.type}
          onChange={({ target }) => setWish({ ...wish, type: target.value as ChannelType, settings: {} })}
        />
        <NameField value={wish.name} onChange={(name) => setWish({ ...wish, name })} />
        <ChannelFields
          type={wish.type}
          settings={wish.settings}
          onChange={(given) => setWish({ ...wish, settings: given })}
        />
      </div>
    </ConfirmDialog>
  );
}

const NameField = (props: { value: string; onChange: (name: string) => void }) => (
  <TextInput
    label={say("channels.name")}
    placeholder={say("channels.name_hint")}
    autoComplete="off"
    maxLength={100}
    value={props.value}
    onChange={({ target }) => props.onChange(target.value)}
  />
);

interface DialogProps {
  of: AlertChannel;
  onClose: () => void;
}

/** Edits the channel as it is now. */
export const ChangeChannelDialog = ({ of: { id }, onClose }: DialogProps) => (
  <EditDialog
    title={say("channels.change_title")}
    read={() => readVersioned(getAlertChannel({ path: { id } }))}
    onClose={onClose}
  >
    {(edited, reload) => <ChangeForm edited={edited} onReload={reload} onClose={onClose} />}
  </EditDialog>
);

function ChangeForm(props: { edited: Versioned<AlertChannel>; onReload: () => void; onClose: () => void }) {
  const again = useChannelsAgain();
  const [{ value: before, etag }] = useState(props.edited);
  // Settings are replaced as a whole: nobody sees the secrets among them.
  const [wish, setWish] = useState<{ name: string; settings: Settings | null }>({
    name: before.name,
    settings: before.address === null ? {} : null,
  });
  const change = useMutation({
    ...updateAlertChannelMutation(),
    async onSuccess() {
      announce(say("channels.changed_done"));
      props.onClose();
      await again();
    },
  });
  const body = changeOf(before, wish);
  return (
    <ConfirmForm
      confirm={say("channels.save")}
      isSending={change.isPending}
      isReady={body !== undefined}
      error={change.error}
      onConfirm={() => body && change.mutate({ path: { id: before.id }, body, ...ifUnchanged({ etag }) })}
      onReload={props.onReload}
      onClose={props.onClose}
    >
      <div className={settings.fields}>
        <NameField value={wish.name} onChange={(name) => setWish({ ...wish, name })} />
        {wish.settings === null ? (
          <p>
            {labelOf("channel_type", before.type)}: <bdi className="mono">{before.address}</bdi>{" "}
            <button type="button" className="text-button" onClick={() => setWish({ ...wish, settings: {} })}>
              {say("channels.replace")}
            </button>
          </p>
        ) : (
          <ChannelFields
            type={before.type}
            settings={wish.settings}
            onChange={(given) => setWish({ ...wish, settings: given })}
          />
        )}
      </div>
    </ConfirmForm>
  );
}

/** Pauses the channel, or enables it again. */
export function ChannelStateDialog({ of: channel, onClose }: DialogProps) {
  const again = useChannelsAgain();
  const [state] = useState<AlertChannel["state"]>(channel.state === "paused" ? "enabled" : "paused");
  const change = useMutation({
    ...updateAlertChannelMutation(),
    async onSuccess() {
      announce(say("channels.changed_done"));
      onClose();
      await again();
    },
  });
  return (
    <ConfirmDialog
      title={say(`channels.state_titles.${state}`, { name: isolated(channel.name) })}
      confirm={say(`channels.state_acts.${state}`)}
      isSending={change.isPending}
      error={change.error}
      onConfirm={() => change.mutate({ path: { id: channel.id }, body: { state } })}
      onClose={onClose}
    >
      <p>{say(`channels.state_details.${state}`)}</p>
    </ConfirmDialog>
  );
}

export function DeleteChannelDialog({ of: channel, onClose }: DialogProps) {
  const again = useChannelsAgain();
  const remove = useMutation({
    ...deleteAlertChannelMutation(),
    async onSuccess() {
      announce(say("channels.deleted_done"));
      onClose();
      await again();
    },
  });
  return (
    <ConfirmDialog
      title={say("channels.delete_title", { name: isolated(channel.name) })}
      confirm={say("channels.delete")}
      tone="danger"
      isSending={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate({ path: { id: channel.id } })}
      onClose={onClose}
    >
      <p>{say("channels.delete_detail")}</p>
    </ConfirmDialog>
  );
}
