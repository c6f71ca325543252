import { NativeSelect, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { createApiKeyMutation } from "../../api/generated/@tanstack/react-query.gen.ts";
import { labelOf } from "../../labels.ts";
import { t } from "../../messages.ts";
import { localDayOf } from "../../time/format.ts";
import { serverNow } from "../../time/server-clock.ts";
import { ConfirmDialog } from "../../ui/ConfirmDialog.tsx";
import { ShownOnce } from "../../ui/ShownOnce.tsx";
import { useApiKeysAgain } from "./ApiKeyDialogs.tsx";
import {
  EXPIRIES,
  EMPTY_WISH,
  isExpiry,
  OFFERED_SCOPES,
  offeredScopes,
  useOf,
  wishBodyOf,
  type KeyWish,
} from "./api-key.ts";
import { ClientPicker } from "./ClientPicker.tsx";
import { roleOf, roleOptions } from "./roles.ts";
import styles from "./settings.module.css";

const DAY_MS = 86_400_000;

/** First asks what the key may do, then shows it. */
export function CreateApiKeyDialog({ onClose }: { onClose: () => void }) {
  const again = useApiKeysAgain();
  const [wish, setWish] = useState(EMPTY_WISH);
  const create = useMutation({ ...createApiKeyMutation(), onSuccess: again });
  if (create.data)
    return (
      <ShownOnce
        title={t("number.new_title")}
        detail={t("number.new_detail")}
        value={create.data.key}
        what={t("copied_things.key")}
        onClose={onClose}
      />
    );
  const body = wishBodyOf(wish, serverNow());
  const onChange = (change: Partial<KeyWish>): void => setWish((last) => ({ ...last, ...change }));
  return (
    <ConfirmDialog
      title={t("settings.api_keys.create_title")}
      confirm={t("settings.api_keys.create")}
      isSending={create.isPending}
      isReady={body !== undefined}
      error={create.error}
      onConfirm={() => body && create.mutate({ body })}
      onClose={onClose}
    >
      <div className={styles.fields}>
        <TextInput
          label={t("settings.api_keys.name")}
          placeholder={t("settings.api_keys.name_hint")}
          data-autofocus
          autoComplete="off"
          value={wish.name}
          maxLength={100}
          onChange={(event) => onChange({ name: event.target.value })}
        />
        <NativeSelect
          label={t("settings.api_keys.role")}
          description={t(`settings.api_keys.role_help.${wish.role}`)}
          data={roleOptions()}
          value={wish.role}
          onChange={(event) => onChange({ role: roleOf(event.currentTarget.value) })}
        />
        <Extent wish={wish} onChange={onChange} />
        <Clients wish={wish} onChange={onChange} />
        <Expiry wish={wish} onChange={onChange} />
      </div>
    </ConfirmDialog>
  );
}

interface PartProps {
  wish: KeyWish;
  onChange: (change: Partial<KeyWish>) => void;
}

function Extent({ wish, onChange }: PartProps) {
  return (
    <fieldset className={styles.choiceList}>
      <legend>{t("settings.api_keys.extent")}</legend>
      <Option
        name="extent"
        isChecked={wish.scopes === null}
        label={t("settings.api_keys.extent_all")}
        onChoose={() => onChange({ scopes: null })}
      />
      <Option
        name="extent"
        isChecked={wish.scopes !== null}
        label={t("settings.api_keys.extent_some")}
        onChoose={() => onChange({ scopes: wish.scopes ?? [] })}
      />
      {wish.scopes === null ? null : (
        <div className={styles.subChoices} role="group" aria-label={t("settings.api_keys.extent_some")}>
          {offeredScopes.map((scope) => (
            <ScopeOption key={scope} scope={scope} wish={wish} onChange={onChange} />
          ))}
        </div>
      )}
    </fieldset>
  );
}

function ScopeOption({ scope, wish, onChange }: PartProps & { scope: (typeof offeredScopes)[number] }) {
  const scopes = wish.scopes ?? [];
  const use = useOf(scope, wish.role);
  const isChecked = scopes.includes(scope);
  const others = scopes.filter((one) => one !== scope);
  const limit =
    use === "reads"
      ? t("settings.api_keys.scope_reads", { role: labelOf("role", wish.role) })
      : use === "none"
        ? t("settings.api_keys.scope_none", { role: labelOf("role", OFFERED_SCOPES[scope].reads) })
        : null;
  return (
    <label className={styles.choice}>
      <input
        type="checkbox"
        checked={isChecked && use !== "none"}
        disabled={use === "none"}
        onChange={() => onChange({ scopes: isChecked ? others : [...scopes, scope] })}
      />
      <span>
        {labelOf("scope", scope)}
        <span className="muted small block">
          {t(`settings.api_keys.scope_help.${scope}`)} {limit}
        </span>
      </span>
    </label>
  );
}

function Clients({ wish, onChange }: PartProps) {
  return (
    <fieldset className={styles.choiceList}>
      <legend>{t("settings.api_keys.clients")}</legend>
      <Option
        name="clients"
        isChecked={!wish.isOneClient}
        label={t("settings.api_keys.clients_all")}
        onChoose={() => onChange({ isOneClient: false })}
      />
      <Option
        name="clients"
        isChecked={wish.isOneClient}
        label={t("settings.api_keys.clients_one")}
        onChoose={() => onChange({ isOneClient: true })}
      />
      {wish.isOneClient ? (
        <div className={styles.subChoices}>
          <ClientPicker value={wish.clientId} onChange={(clientId) => onChange({ clientId })} />
        </div>
      ) : null}
    </fieldset>
  );
}

function Expiry({ wish, onChange }: PartProps) {
  return (
    <>
      <NativeSelect
        label={t("settings.api_keys.expiry")}
        description={wish.expiry === "never" ? undefined : t("settings.api_keys.expiry_help")}
        data={EXPIRIES.map((value) => ({ value, label: t(`settings.api_keys.expiry_for.${value}`) }))}
        value={wish.expiry}
        onChange={({ currentTarget: { value } }) => isExpiry(value) && onChange({ expiry: value })}
      />
      {wish.expiry === "day" ? (
        <TextInput
          label={t("settings.api_keys.expiry_day")}
          type="date"
          min={localDayOf(serverNow() + DAY_MS)}
          value={wish.day}
          onChange={(event) => onChange({ day: event.target.value })}
        />
      ) : null}
    </>
  );
}

function Option(props: { name: string; isChecked: boolean; label: ReactNode; onChoose: () => void }) {
  return (
    <label className={styles.choice}>
      <input type="radio" name={props.name} checked={props.isChecked} onChange={props.onChoose} />
      <span>{props.label}</span>
    </label>
  );
}
