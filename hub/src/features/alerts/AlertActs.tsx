import { Button, Menu } from "@mantine/core";
import { useState, type MouseEvent } from "react";
import { say } from "../../alert-messages.ts";
import type { Alert } from "../../api/types.ts";
import { useMayAct } from "../../api/useMayAct.ts";
import { serverNow } from "../../time/server-clock.ts";
import { Icon } from "../../ui/icons.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { ALERT_SNOOZES, alertSnoozeEndOf, isSnoozed, mayAcknowledge } from "./alert.ts";
import styles from "./alerts.module.css";
import { SnoozeDialog } from "./SnoozeDialog.tsx";
import { useAlertActs } from "./useAlertActs.ts";

/** "I am on it", and quiet for a while. Those who may only look are offered neither. */
export function AlertActs(props: { of: Alert; isMain?: boolean; onChanged?: (fresh: Alert) => void }) {
  const { of: alert, isMain = false } = props;
  const mayTake = useMayAct();
  const maySnooze = useMayAct("support");
  const acts = useAlertActs(alert, props.onChanged);
  const [isChoosing, setChoosing] = useState(false);
  if (!maySnooze || alert.state === "resolved") return null;
  const acknowledge = (event: MouseEvent<HTMLElement>): void => {
    keepFocus(event.currentTarget);
    acts.acknowledge();
  };
  return (
    <div className={styles.acts}>
      {mayTake && mayAcknowledge(alert) ? (
        <Button
          data-act="acknowledge"
          variant={isMain ? "filled" : "default"}
          aria-label={isMain ? undefined : say("acknowledge_of", { title: alert.title })}
          aria-keyshortcuts="a"
          aria-disabled={acts.isSending}
          onClick={acknowledge}
        >
          <Icon name="check" />
          {say("acknowledge")}
        </Button>
      ) : null}
      <SnoozeMenu of={alert} acts={acts} onChoose={() => setChoosing(true)} />
      {acts.error ? <Problem error={acts.error} /> : null}
      {isChoosing ? (
        <SnoozeDialog
          onSnooze={(until) => {
            setChoosing(false);
            acts.snooze(until);
          }}
          onClose={() => setChoosing(false)}
        />
      ) : null}
    </div>
  );
}

/** The button goes away with the act: the focus stays on what it was about. */
function keepFocus(button: HTMLElement): void {
  button.closest("[data-alert]")?.querySelector<HTMLElement>("[data-row], [data-focus]")?.focus();
}

function SnoozeMenu(props: {
  of: Alert;
  acts: Pick<ReturnType<typeof useAlertActs>, "snooze" | "isSending">;
  onChoose: () => void;
}) {
  const { of: alert, acts } = props;
  const until = (ms: number): void => acts.snooze(new Date(ms).toISOString());
  return (
    <Menu position="bottom-end" offset={4} shadow="md">
      <Menu.Target>
        <Button
          data-act="snooze"
          aria-label={say("snooze_of", { title: alert.title })}
          aria-keyshortcuts="s"
          aria-disabled={acts.isSending}
        >
          {say("snooze")}
          <Icon name="down" size={12} />
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {ALERT_SNOOZES.map((name) => (
          <Menu.Item key={name} onClick={() => until(alertSnoozeEndOf(name, serverNow()))}>
            {say(`snoozes.${name}`)}
          </Menu.Item>
        ))}
        <Menu.Item onClick={() => acts.snooze("worse")}>{say("snoozes.worse")}</Menu.Item>
        <Menu.Item onClick={props.onChoose}>{say("snoozes.choose")}</Menu.Item>
        {isSnoozed(alert, serverNow()) ? (
          <>
            <Menu.Divider />
            <Menu.Item onClick={() => acts.snooze(null)}>{say("snoozes.end")}</Menu.Item>
          </>
        ) : null}
      </Menu.Dropdown>
    </Menu>
  );
}
