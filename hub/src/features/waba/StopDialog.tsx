import { TextInput } from "@mantine/core";
import { useState } from "react";
import type { Waba } from "../../api/types.ts";
import { isolated } from "../../isolated.ts";
import { t } from "../../messages.ts";
import { localMinuteOf } from "../../time/format.ts";
import { serverNow } from "../../time/server-clock.ts";
import { ConfirmDialog } from "../../ui/ConfirmDialog.tsx";

const MINUTE_MS = 60_000;

export interface StopOrder {
  reason: string;
  until?: string;
}

/**
 * Asks for the reason: support will be asked why nothing is sent. Mounted only while it is open, so that it
 * begins empty; it stays open until the server has agreed. The end is measured by the server's clock, which
 * is not always the browser's.
 */
export function StopDialog(props: {
  waba: Waba;
  actor: string;
  isSending: boolean;
  error: unknown;
  onClose: () => void;
  onConfirm: (order: StopOrder) => void;
}) {
  const [why, setWhy] = useState("");
  const [until, setUntil] = useState("");
  const confirm = (): void =>
    props.onConfirm({ reason: why.trim(), ...(until !== "" && { until: new Date(until).toISOString() }) });
  return (
    <ConfirmDialog
      title={t("waba.stop_title", { name: isolated(props.waba.name) })}
      confirm={t("waba.stop_confirm")}
      tone="danger"
      isSending={props.isSending}
      error={props.error}
      onConfirm={confirm}
      onClose={props.onClose}
    >
      <p>{t("waba.stop_detail", { actor: props.actor })}</p>
      <TextInput
        label={t("waba.stop_why")}
        placeholder={t("waba.stop_why_hint")}
        data-autofocus
        required
        withAsterisk={false}
        pattern=".*\S.*"
        maxLength={500}
        value={why}
        onChange={(event) => setWhy(event.target.value)}
      />
      <TextInput
        label={t("waba.stop_until")}
        description={t("waba.stop_until_hint")}
        type="datetime-local"
        value={until}
        min={localMinuteOf(serverNow() + MINUTE_MS)}
        onChange={(event) => setUntil(event.target.value)}
      />
    </ConfirmDialog>
  );
}
