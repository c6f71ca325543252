import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { LANGUAGES } from "../../../../src/messages/languages.ts";
import { say } from "../../alert-messages.ts";
import { updateClientMutation } from "../../api/generated/@tanstack/react-query.gen.ts";
import { getClient } from "../../api/generated/sdk.gen.ts";
import { clientQuery } from "../../api/queries.ts";
import type { ClientDetails } from "../../api/types.ts";
import { ifUnchanged, readVersioned, type Versioned } from "../../api/versioned.ts";
import { announce } from "../../ui/announce.ts";
import { ConfirmForm } from "../../ui/ConfirmDialog.tsx";
import { EditDialog } from "../../ui/EditDialog.tsx";
import { Icon } from "../../ui/icons.tsx";
import settings from "../settings/settings.module.css";
import { changeOf, EMPTY_CONTACT, faultsOf, wishOf, type ContactFault, type ContactRow } from "./contact.ts";
import styles from "./client.module.css";

interface Props {
  id: string;
  onClose: () => void;
}

/** Whom messages about this client's WABAs go to, and in which language. */
export const EditClientDialog = ({ id, onClose }: Props) => (
  <EditDialog
    title={say("client.edit_title")}
    size="lg"
    read={() => readVersioned(getClient({ path: { id } }))}
    onClose={onClose}
  >
    {(edited, reload) => <Form edited={edited} onReload={reload} onClose={onClose} />}
  </EditDialog>
);

function Form(props: { edited: Versioned<ClientDetails>; onReload: () => void; onClose: () => void }) {
  const queries = useQueryClient();
  const [{ value: before, etag }] = useState(props.edited);
  const [wish, setWish] = useState(() => wishOf(before));
  const save = useMutation({
    ...updateClientMutation(),
    async onSuccess() {
      announce(say("client.saved"));
      props.onClose();
      await queries.invalidateQueries({ queryKey: clientQuery(before.id).queryKey });
    },
  });
  const body = changeOf(before, wish);
  const put = (contacts: ContactRow[]): void => setWish({ ...wish, contacts });
  return (
    <ConfirmForm
      confirm={say("client.save")}
      isSending={save.isPending}
      isReady={body !== undefined}
      error={save.error}
      onConfirm={() => body && save.mutate({ path: { id: before.id }, body, ...ifUnchanged({ etag }) })}
      onReload={props.onReload}
      onClose={props.onClose}
    >
      <div className={settings.fields}>
        <LanguageSelect
          label={say("client.language")}
          none={say("client.language_none")}
          value={wish.language}
          onChange={(language) => setWish({ ...wish, language })}
        />
        {wish.contacts.map((row, index) => (
          // The rows have no name, only their position.
          <ContactFields
            key={index}
            row={row}
            line={index + 1}
            onChange={(change) =>
              put(wish.contacts.map((each, at) => (at === index ? { ...each, ...change } : each)))
            }
            onRemove={() => put(wish.contacts.filter((_row, at) => at !== index))}
          />
        ))}
        <div>
          <Button onClick={() => put([...wish.contacts, EMPTY_CONTACT])}>
            <Icon name="plus" />
            {say("client.add_contact")}
          </Button>
        </div>
      </div>
    </ConfirmForm>
  );
}

const LanguageSelect = (props: {
  label: string;
  none: string;
  value: string;
  onChange: (language: string) => void;
}) => (
  <NativeSelect
    label={props.label}
    data={[
      { value: "", label: props.none },
      ...Object.entries(LANGUAGES).map(([value, label]) => ({ value, label })),
    ]}
    value={props.value}
    onChange={({ target }) => props.onChange(target.value)}
  />
);

function ContactFields(props: {
  row: ContactRow;
  line: number;
  onChange: (change: Partial<ContactRow>) => void;
  onRemove: () => void;
}) {
  const { row, line, onChange } = props;
  const [isTouched, setTouched] = useState(false);
  const faults = isTouched ? faultsOf(row) : [];
  const errorOf = (...which: ContactFault[]): string | undefined => {
    const fault = which.find((each) => faults.includes(each));
    return fault && say(`client.faults.${fault}`);
  };
  return (
    <fieldset className={styles.contact} onBlur={() => setTouched(true)}>
      <legend>{say("client.contact", { line })}</legend>
      <TextInput
        label={say("client.name")}
        autoComplete="off"
        maxLength={200}
        value={row.name}
        error={errorOf("no_name")}
        onChange={({ target }) => onChange({ name: target.value })}
      />
      <TextInput
        label={say("client.email")}
        type="email"
        autoComplete="off"
        spellCheck={false}
        maxLength={254}
        value={row.email}
        error={errorOf("wrong_email", "no_address")}
        onChange={({ target }) => onChange({ email: target.value })}
      />
      <TextInput
        label={say("client.phone")}
        type="tel"
        placeholder="+49 30 1234567"
        autoComplete="off"
        value={row.phone}
        error={errorOf("wrong_phone")}
        onChange={({ target }) => onChange({ phone: target.value })}
      />
      <LanguageSelect
        label={say("client.contact_language")}
        none={say("client.language_of_client")}
        value={row.language}
        onChange={(language) => onChange({ language })}
      />
      <button type="button" className="text-button danger" onClick={props.onRemove}>
        {say("client.remove_contact", { line })}
      </button>
    </fieldset>
  );
}
