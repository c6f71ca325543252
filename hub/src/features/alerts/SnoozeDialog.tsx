import { TextInput } from "@mantine/core";
import { useState } from "react";
import { say } from "../../alert-messages.ts";
import { localMinuteOf } from "../../time/format.ts";
import { serverNow } from "../../time/server-clock.ts";
import { ConfirmDialog } from "../../ui/ConfirmDialog.tsx";

const FOUR_HOURS_MS = 4 * 3_600_000;

/** Until a time that the person chooses, in the person's own zone. */
export function SnoozeDialog(props: { onSnooze: (until: string) => void; onClose: () => void }) {
  const [until, setUntil] = useState(() => localMinuteOf(serverNow() + FOUR_HOURS_MS));
  const endsAt = Date.parse(until);
  const isReady = endsAt > serverNow();
  return (
    <ConfirmDialog
      title={say("snooze_title")}
      confirm={say("snooze")}
      isSending={false}
      isReady={isReady}
      error={null}
      onConfirm={() => props.onSnooze(new Date(endsAt).toISOString())}
      onClose={props.onClose}
    >
      <p>{say("snooze_detail")}</p>
      <TextInput
        type="datetime-local"
        label={say("snooze_until")}
        data-autofocus
        value={until}
        min={localMinuteOf(serverNow())}
        error={isReady || until === "" ? undefined : say("snooze_past")}
        onChange={({ target }) => setUntil(target.value)}
      />
    </ConfirmDialog>
  );
}
