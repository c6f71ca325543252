import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { revokeApiKeyMutation, rotateApiKeyMutation } from "../../api/generated/@tanstack/react-query.gen.ts";
import { apiKeysQuery, sessionQuery } from "../../api/queries.ts";
import type { ApiKey } from "../../api/types.ts";
import { isolated } from "../../isolated.ts";
import { t } from "../../messages.ts";
import { announce } from "../../ui/announce.ts";
import { ConfirmDialog } from "../../ui/ConfirmDialog.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import { ShownOnce } from "../../ui/ShownOnce.tsx";
import { OVERLAPS, OverlapSelect, type Overlap } from "./OverlapSelect.tsx";
import styles from "./settings.module.css";

export const useApiKeysAgain = () => {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: apiKeysQuery.queryKey });
};

/** A new key in place of the old one, which stays valid for as long as the program needs. */
export function RotateDialog({ of: key, onClose }: { of: ApiKey; onClose: () => void }) {
  const [overlap, setOverlap] = useState<Overlap>("day");
  const again = useApiKeysAgain();
  const rotate = useMutation({ ...rotateApiKeyMutation(), onSuccess: again });
  if (rotate.data)
    return (
      <ShownOnce
        title={t("number.new_title")}
        detail={t("number.new_detail")}
        value={rotate.data.key}
        what={t("copied_things.key")}
        onClose={onClose}
      />
    );
  return (
    <ConfirmDialog
      title={t("settings.api_keys.rotate_title", { name: isolated(key.name) })}
      confirm={t("settings.api_keys.rotate")}
      isSending={rotate.isPending}
      error={rotate.error}
      onConfirm={() => rotate.mutate({ path: { id: key.id }, body: { overlap_s: OVERLAPS[overlap] } })}
      onClose={onClose}
    >
      <div className={styles.fields}>
        <p>{t("settings.api_keys.rotate_detail", { prefix: key.prefix })}</p>
        <OverlapSelect label={t("settings.api_keys.rotate_overlap")} value={overlap} onChange={setOverlap} />
        {key.previous_until === undefined ? null : (
          <p className="muted small">{t("settings.api_keys.rotate_previous")}</p>
        )}
      </div>
    </ConfirmDialog>
  );
}

/** Names the key, and when a program used it last. */
export function RevokeDialog({ of: key, onClose }: { of: ApiKey; onClose: () => void }) {
  const again = useApiKeysAgain();
  const isOwn = useQuery(sessionQuery).data?.actor.id === key.id;
  const revoke = useMutation({
    ...revokeApiKeyMutation(),
    async onSuccess() {
      announce(t("settings.api_keys.revoked_done", { name: key.name }));
      onClose();
      await again();
    },
  });
  return (
    <ConfirmDialog
      title={t("settings.api_keys.revoke_title", { name: isolated(key.name) })}
      confirm={t("settings.api_keys.revoke")}
      tone="danger"
      isSending={revoke.isPending}
      error={revoke.error}
      onConfirm={() => revoke.mutate({ path: { id: key.id } })}
      onClose={onClose}
    >
      <div className={styles.fields}>
        <p>{t("settings.api_keys.revoke_detail", { prefix: key.prefix })}</p>
        <p>
          {t("settings.api_keys.revoke_used")} <RelativeTime at={key.last_used_at} />
        </p>
        {isOwn ? <p className="strong">{t("settings.api_keys.revoke_own")}</p> : null}
      </div>
    </ConfirmDialog>
  );
}
