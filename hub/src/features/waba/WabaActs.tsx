import { Button, Menu } from "@mantine/core";
import { useMemo, useState } from "react";
import { adoptWaba, checkWaba, closeWaba, offboardWaba, reopenWaba } from "../../api/generated/sdk.gen.ts";
import { maySendLink, type Waba } from "../../api/types.ts";
import { useActorName, useMayAct } from "../../api/useMayAct.ts";
import { isolated } from "../../isolated.ts";
import { t } from "../../messages.ts";
import { useKeys } from "../../shell/keyboard.ts";
import { ConfirmDialog } from "../../ui/ConfirmDialog.tsx";
import { Icon } from "../../ui/icons.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import { useReshareMessage } from "../signup/ClientMessage.tsx";
import { SendButton } from "../signup/SendButton.tsx";
import { ClientStrip } from "./ClientStrip.tsx";
import { NextStepButton, nextStepOf } from "./NextStep.tsx";
import { useOrderedCommand } from "../../shell/ordered-command.ts";
import { StopDialog, type StopOrder } from "./StopDialog.tsx";
import { changeOf, checkedSentenceOf, useWabaAct, type Outcome } from "./useWabaAct.ts";
import styles from "./WabaActs.module.css";

type Ending = "offboard" | "close";

interface EndProps {
  waba: Waba;
  onClose: () => void;
}

/** The commands on a WABA. The primary button is the next step; without one it is "Check now". */
export function WabaActs({ waba }: { waba: Waba }) {
  const path = { waba_id: waba.id };
  const check = useWabaAct(waba, () => checkWaba({ path }), checkedSentenceOf);
  const adopt = useWabaAct(waba, () => adoptWaba({ path }));
  const reopen = useWabaAct(waba, () => reopenWaba({ path }));
  const [ending, setEnding] = useState<Ending | null>(null);
  const message = useReshareMessage(waba);
  const maySend = maySendLink(waba);
  const acts = useMemo(
    () => ({
      check: () => (check.isPending ? undefined : check.mutate()),
      send: () => (maySend ? message.open() : undefined),
    }),
    [check, maySend, message],
  );
  useKeys(useMemo(() => ({ c: acts.check, l: acts.send }), [acts]));
  useOrderedCommand(waba.id, acts);
  const mayOperate = useMayAct();
  const step = nextStepOf(waba);
  const error = check.error ?? adopt.error ?? reopen.error;
  return (
    <>
      <div className="row waba-actions">
        {mayOperate ? <NextStepButton step={step} adopt={adopt} reopen={reopen} /> : null}
        {maySend ? <SendButton isPrimary={step === "send"} onClick={message.open} /> : null}
        <CheckButton isPrimary={step === "check"} isAsking={check.isPending} onClick={acts.check} />
        <MoreMenu waba={waba} onEnd={setEnding} onOpen={() => reopen.mutate()} />
      </div>
      <ClientStrip waba={waba}>
        <Button variant="filled" onClick={message.open}>
          <Icon name="mail" />
          {t("waba.client_said.send")}
        </Button>
      </ClientStrip>
      <CheckResult outcome={check.isPending ? undefined : check.data} />
      {error ? <Problem error={error} /> : null}
      {message.dialog}
      {ending === "close" ? <CloseDialog waba={waba} onClose={() => setEnding(null)} /> : null}
      {ending === "offboard" ? <OffboardDialog waba={waba} onClose={() => setEnding(null)} /> : null}
    </>
  );
}

function CheckButton(props: { isPrimary: boolean; isAsking: boolean; onClick: () => void }) {
  return (
    <Button
      className={styles.buttonCheck}
      variant={props.isPrimary ? "filled" : "default"}
      aria-disabled={props.isAsking}
      aria-keyshortcuts="c"
      onClick={props.onClick}
    >
      <span className={styles.spin} data-on={props.isAsking}>
        <Icon name="refresh" />
      </span>
      {props.isAsking ? t("waba.checking") : t("waba.check")}
    </Button>
  );
}

/** "Check now" always answers where it was clicked, also when nothing has changed. */
function CheckResult({ outcome }: { outcome: Outcome | undefined }) {
  return (
    <p data-part="check-result" className={`${styles.checkResult} muted small`}>
      {outcome ? (
        <>
          {t("waba.checked_at")} <RelativeTime at={outcome.at} />:{" "}
          {changeOf(outcome.before, outcome.waba.status_label)}
        </>
      ) : null}
    </p>
  );
}

/** Mounted only while it asks, as is the other one. */
function CloseDialog({ waba, onClose }: EndProps) {
  const actor = useActorName();
  const close = useWabaAct(waba, (body: StopOrder) => closeWaba({ path: { waba_id: waba.id }, body }));
  return (
    <StopDialog
      waba={waba}
      actor={actor}
      isSending={close.isPending}
      error={close.error}
      onClose={onClose}
      onConfirm={(order) => close.mutate(order, { onSuccess: onClose })}
    />
  );
}

function OffboardDialog({ waba, onClose }: EndProps) {
  const actor = useActorName();
  const offboard = useWabaAct(waba, () => offboardWaba({ path: { waba_id: waba.id } }));
  return (
    <ConfirmDialog
      title={t("waba.offboard_title", { name: isolated(waba.name) })}
      confirm={t("waba.offboard_confirm")}
      tone="danger"
      isSending={offboard.isPending}
      error={offboard.error}
      onClose={onClose}
      onConfirm={() => offboard.mutate(undefined, { onSuccess: onClose })}
    >
      <p>{t("waba.offboard_detail", { actor })}</p>
    </ConfirmDialog>
  );
}

function MoreMenu(props: { waba: Waba; onEnd: (ending: Ending) => void; onOpen: () => void }) {
  const { waba, onEnd, onOpen } = props;
  const mayOperate = useMayAct();
  const mayOpen = mayOperate && waba.status === "unknown" && waba.numbers.some((number) => !number.can_send);
  const mayEnd = mayOperate && waba.status !== "offboarded";
  const mayStop = mayOperate && waba.status !== "closed";
  return (
    <Menu position="bottom-end" offset={4} shadow="md">
      <Menu.Target>
        <Button className="button-icon" aria-label={t("waba.more")}>
          <Icon name="dots" />
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {waba.owner_settings_url ? (
          <Menu.Item
            component="a"
            href={waba.owner_settings_url}
            target="_blank"
            rel="noopener noreferrer"
            leftSection={<Icon name="external" />}
          >
            {t("waba.settings")}
          </Menu.Item>
        ) : null}
        {mayOpen ? (
          <Menu.Item leftSection={<Icon name="check" />} onClick={onOpen}>
            {t("waba.open_by_hand")}
          </Menu.Item>
        ) : null}
        {mayStop ? (
          <Menu.Item leftSection={<Icon name="pause" />} onClick={() => onEnd("close")}>
            {t("waba.stop")}
          </Menu.Item>
        ) : null}
        {mayEnd ? (
          <Menu.Item className="danger" leftSection={<Icon name="close" />} onClick={() => onEnd("offboard")}>
            {t("waba.offboard")}
          </Menu.Item>
        ) : null}
      </Menu.Dropdown>
    </Menu>
  );
}
