import { Button, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { deletePasskeyMutation } from "../../api/generated/@tanstack/react-query.gen.ts";
import { passkeysQuery, sessionQuery } from "../../api/queries.ts";
import type { Passkey, SignInWays } from "../../api/types.ts";
import { isolated } from "../../isolated.ts";
import { t } from "../../messages.ts";
import { ConfirmDialog } from "../../ui/ConfirmDialog.tsx";
import { Icon } from "../../ui/icons.tsx";
import { Loaded } from "../../ui/Loaded.tsx";
import { Name } from "../../ui/Name.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import { Blocks } from "../../ui/Skeleton.tsx";
import { addPasskeyHere, passkeyFaultOf } from "./add-passkey.ts";
import { browserOf } from "./browser-name.ts";
import { Cell } from "./Cell.tsx";
import { OwnProblem } from "./OwnProblem.tsx";
import { RowAct } from "./RowAct.tsx";
import { SettingsPanel } from "./SettingsPage.tsx";
import styles from "./settings.module.css";

/** `onAdded`: after a new one has been added. */
export function PasskeysPanel({ ways, onAdded }: { ways: SignInWays; onAdded?: () => void }) {
  const query = useQuery(passkeysQuery);
  const [isAdding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<Passkey | null>(null);
  const hasSome = (query.data?.data.length ?? 0) > 0;
  return (
    <SettingsPanel
      id="passkeys-title"
      title={t("settings.security.passkeys")}
      lead={t(ways.passkey ? "settings.security.passkeys_lead" : "settings.security.passkeys_off")}
      act={
        ways.passkey ? (
          <Button onClick={() => setAdding(true)}>
            <Icon name="plus" />
            {t("settings.security.passkey_add")}
          </Button>
        ) : null
      }
    >
      {ways.passkey || hasSome ? (
        <Loaded query={query} skeleton={<Blocks count={1} height={44} />}>
          {({ data }) =>
            data.length === 0 ? (
              <p className="muted">{t("settings.security.passkeys_empty")}</p>
            ) : (
              <PasskeyTable passkeys={data} onRemove={setRemoving} />
            )
          }
        </Loaded>
      ) : null}
      {isAdding ? <AddDialog onClose={() => setAdding(false)} {...(onAdded && { onAdded })} /> : null}
      {removing ? <RemoveDialog passkey={removing} onClose={() => setRemoving(null)} /> : null}
    </SettingsPanel>
  );
}

function PasskeyTable(props: { passkeys: Passkey[]; onRemove: (passkey: Passkey) => void }) {
  return (
    <table className={styles.records} data-align="middle">
      <caption className="vh">{t("settings.security.passkeys")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("settings.people.name")}</th>
          <th scope="col">{t("number.created")}</th>
          <th scope="col">{t("number.used")}</th>
          <th scope="col">
            <span className="vh">{t("settings.security.passkey_remove")}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {props.passkeys.map((passkey) => (
          <tr key={passkey.id}>
            <td data-cell="title">
              <span className={styles.rowTitle}>
                <Name>{passkey.name}</Name>
              </span>
              <span className="muted small block">
                {t(
                  passkey.is_backed_up ? "settings.security.passkey_kept" : "settings.security.passkey_bound",
                )}
              </span>
            </td>
            <Cell label={t("number.created")}>
              <RelativeTime at={passkey.created_at} />
            </Cell>
            <Cell label={t("number.used")}>
              <RelativeTime at={passkey.last_used_at} />
            </Cell>
            <td data-cell="acts">
              <div className={styles.acts}>
                <RowAct
                  label={t("settings.security.passkey_remove")}
                  name={passkey.name}
                  isDanger
                  onClick={() => props.onRemove(passkey)}
                />
              </div>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const usePasskeysAgain = () => {
  const queries = useQueryClient();
  return async (): Promise<void> => {
    await queries.invalidateQueries({ queryKey: passkeysQuery.queryKey });
    await queries.invalidateQueries({ queryKey: sessionQuery.queryKey });
  };
};

/** The name comes first: afterwards the browser has the word. */
function AddDialog({ onClose, onAdded }: { onClose: () => void; onAdded?: () => void }) {
  const again = usePasskeysAgain();
  const [name, setName] = useState(() => browserOf(navigator.userAgent)?.slice(0, NAME_LENGTH) ?? "");
  const add = useMutation({
    mutationFn: addPasskeyHere,
    async onSuccess() {
      onClose();
      await again();
      onAdded?.();
    },
  });
  const fault = add.error ? passkeyFaultOf(add.error) : null;
  return (
    <ConfirmDialog
      title={t("settings.security.passkey_add")}
      confirm={add.isPending ? t("sign_in.passkey_working") : t("settings.security.passkey_go_on")}
      isSending={add.isPending}
      isReady={name.trim() !== ""}
      error={null}
      onConfirm={() => add.mutate(name.trim())}
      onClose={onClose}
    >
      <div className={styles.fields}>
        <p>{t("settings.security.passkey_add_detail")}</p>
        <TextInput
          label={t("settings.security.passkey_name")}
          data-autofocus
          value={name}
          maxLength={NAME_LENGTH}
          onChange={(event) => setName(event.target.value)}
        />
        {fault === null ? null : typeof fault === "string" ? (
          <p className={styles.fault} role="alert">
            {fault}
          </p>
        ) : (
          <OwnProblem error={fault} />
        )}
      </div>
    </ConfirmDialog>
  );
}

const NAME_LENGTH = 100;

function RemoveDialog({ passkey, onClose }: { passkey: Passkey; onClose: () => void }) {
  const again = usePasskeysAgain();
  const remove = useMutation({
    ...deletePasskeyMutation(),
    async onSuccess() {
      onClose();
      await again();
    },
  });
  return (
    <ConfirmDialog
      title={t("settings.security.passkey_remove_title", { name: isolated(passkey.name) })}
      confirm={t("settings.security.passkey_remove")}
      tone="danger"
      isSending={remove.isPending}
      error={null}
      onConfirm={() => remove.mutate({ path: { id: passkey.id } })}
      onClose={onClose}
    >
      <div className={styles.fields}>
        <p>{t("settings.security.passkey_remove_detail")}</p>
        {remove.error ? <OwnProblem error={remove.error} /> : null}
      </div>
    </ConfirmDialog>
  );
}
