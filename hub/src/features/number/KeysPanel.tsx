import { Button, Modal, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, useSyncExternalStore } from "react";
import { createKeyMutation, revokeKeyMutation } from "../../api/generated/@tanstack/react-query.gen.ts";
import { keysQuery } from "../../api/queries.ts";
import type { ChannelKey } from "../../api/types.ts";
import { t } from "../../messages.ts";
import { serverNow, subscribeToSeconds } from "../../time/server-clock.ts";
import { ConfirmDialog, ConfirmForm } from "../../ui/ConfirmDialog.tsx";
import { CopyButton } from "../../ui/Copy.tsx";
import { Icon } from "../../ui/icons.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import { Blocks } from "../../ui/Skeleton.tsx";
import styles from "./KeysPanel.module.css";

export function KeysPanel({ numberId }: { numberId: string }) {
  const query = useQuery(keysQuery(numberId));
  const [isCreating, setCreating] = useState(false);
  const [revoking, setRevoking] = useState<ChannelKey | null>(null);
  return (
    <section className="panel" aria-labelledby="keys-title">
      <div className="section-head">
        <div>
          <h2 id="keys-title">{t("number.keys")}</h2>
          <p className="muted small">{t("number.keys_lead")}</p>
        </div>
        <Button onClick={() => setCreating(true)}>
          <Icon name="plus" />
          {t("number.create")}
        </Button>
      </div>
      {query.data ? (
        query.data.data.length === 0 ? (
          <p className="muted">{t("number.keys_empty")}</p>
        ) : (
          <KeyTable keys={query.data.data} onRevoke={setRevoking} />
        )
      ) : query.error ? (
        <Problem error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <Blocks count={2} height={44} />
      )}
      {isCreating ? <CreateDialog numberId={numberId} onClose={() => setCreating(false)} /> : null}
      {revoking ? (
        <RevokeDialog numberId={numberId} channelKey={revoking} onClose={() => setRevoking(null)} />
      ) : null}
    </section>
  );
}

function KeyTable({ keys, onRevoke }: { keys: ChannelKey[]; onRevoke: (key: ChannelKey) => void }) {
  return (
    <table className="keys">
      <thead>
        <tr>
          <th scope="col">{t("number.key_label")}</th>
          <th scope="col">{t("number.key")}</th>
          <th scope="col">{t("number.created")}</th>
          <th scope="col">{t("number.used")}</th>
          <th scope="col">
            <span className="vh">{t("number.revoke")}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {keys.map((key) => (
          <tr key={key.id}>
            <td>{key.label || <span className="muted">{t("number.unnamed")}</span>}</td>
            <td className="mono">…{key.hint}</td>
            <td>
              <span className="cell-name">{t("number.created")}</span>
              <RelativeTime at={key.created_at} />
            </td>
            <td>
              <span className="cell-name">{t("number.used")}</span>
              <LastUse at={key.last_used_at} />
            </td>
            <td>
              <button
                type="button"
                className="text-button danger"
                aria-label={`${t("number.revoke")} ${key.label || `…${key.hint}`}`}
                onClick={() => onRevoke(key)}
              >
                {t("number.revoke")}
              </button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The last use is saved about once an hour, so a younger use is not shown to the minute. */
const LATELY_MS = 62 * 60_000;

function LastUse({ at }: { at: string | null }) {
  const isLately = useSyncExternalStore(
    subscribeToSeconds,
    () => at !== null && serverNow() - Date.parse(at) < LATELY_MS,
  );
  return isLately ? <span>{t("number.used_lately")}</span> : <RelativeTime at={at} />;
}

/** First asks for the label, then shows the key. The dialog closes only when the person confirms the copy. */
function CreateDialog({ numberId, onClose }: { numberId: string; onClose: () => void }) {
  const queries = useQueryClient();
  const [label, setLabel] = useState("");
  const create = useMutation({
    ...createKeyMutation(),
    onSuccess: () => queries.invalidateQueries({ queryKey: keysQuery(numberId).queryKey }),
  });
  const made = create.data;
  return (
    <Modal
      opened
      onClose={onClose}
      title={made ? t("number.new_title") : t("number.create_title")}
      closeOnClickOutside={!made}
      closeOnEscape={!made}
      withCloseButton={!made}
    >
      {made ? (
        <>
          <p>{t("number.new_detail")}</p>
          <div className={`row ${styles.newKey}`}>
            <code className="copy-value">{made.key}</code>
            <CopyButton value={made.key} what={t("copied_things.key")} />
          </div>
          <div className="row dialog-actions">
            <Button variant="filled" onClick={onClose}>
              {t("number.new_done")}
            </Button>
          </div>
        </>
      ) : (
        <ConfirmForm
          confirm={t("number.create")}
          isSending={create.isPending}
          error={create.error}
          onConfirm={() =>
            create.mutate({ path: { id: numberId }, body: label.trim() ? { label: label.trim() } : {} })
          }
          onClose={onClose}
        >
          <TextInput
            label={t("number.key_label")}
            placeholder={t("number.key_label_hint")}
            data-autofocus
            value={label}
            maxLength={80}
            onChange={(event) => setLabel(event.target.value)}
          />
        </ConfirmForm>
      )}
    </Modal>
  );
}

function RevokeDialog(props: { numberId: string; channelKey: ChannelKey; onClose: () => void }) {
  const queries = useQueryClient();
  const { numberId, channelKey, onClose } = props;
  const revoke = useMutation({
    ...revokeKeyMutation(),
    async onSuccess() {
      await queries.invalidateQueries({ queryKey: keysQuery(numberId).queryKey });
      onClose();
    },
  });
  return (
    <ConfirmDialog
      title={t("number.revoke_title", { label: channelKey.label || `…${channelKey.hint}` })}
      confirm={t("number.revoke")}
      tone="danger"
      isSending={revoke.isPending}
      error={revoke.error}
      onConfirm={() => revoke.mutate({ path: { id: numberId, key_id: channelKey.id } })}
      onClose={onClose}
    >
      <p>{t("number.revoke_detail")}</p>
    </ConfirmDialog>
  );
}
