import { Sentence } from "../../ui/Sentence.tsx";
import { Name } from "../../ui/Name.tsx";
import { Menu, Modal } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { adoptWaba, checkWaba, closeWaba, offboardWaba, reopenWaba } from "../../api/generated/sdk.gen.ts";
import { overviewQuery, timelineQuery, wabaQuery } from "../../api/queries.ts";
import { maySendLink, type Waba } from "../../api/types.ts";
import { useActorName, useMayAct } from "../../api/useMayAct.ts";
import { useKeys } from "../../shell/keyboard.ts";
import { isolated } from "../../isolated.ts";
import { t } from "../../messages.ts";
import { serverNow } from "../../time/server-clock.ts";
import { announce } from "../../ui/announce.ts";
import { CopyId } from "../../ui/Copy.tsx";
import { Icon } from "../../ui/icons.tsx";
import { Lamp, Status, WabaStatus } from "../../ui/Lamp.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { useBackMessage } from "../signup/ClientMessage.tsx";
import { ClientStrip } from "./ClientStrip.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import { useOrderedCommand } from "./ordered-command.ts";
import { StopDialog, type StopOrder } from "./StopDialog.tsx";

/** The state as a label and a sentence, and the primary action. */
export function WabaHead({ waba }: { waba: Waba }) {
  const mayAct = useMayAct();
  return (
    <header className="waba-head" data-lamp={isRefusedByToken(waba) ? "red" : waba.lamp}>
      <div className="waba-head-text">
        <div className="row">
          <WabaStatus waba={waba} size={20} />
          {isRefusedByToken(waba) ? <Status lamp="red" label={t("waba.refused_by_token")} size={20} /> : null}
        </div>
        <h1>
          <Name>{waba.name}</Name>
        </h1>
        <p className="waba-sub">
          {waba.client.name === waba.name ? t("waba.word") : <Name>{waba.client.name}</Name>}{" "}
          {waba.client.name === waba.name ? null : <span aria-hidden="true">·</span>}
          <CopyId value={waba.id} what={t("copied_things.waba_id")} />
        </p>
      </div>
      {mayAct ? (
        <Acts waba={waba} />
      ) : (
        <>
          <OwnerSettings waba={waba} />
          <ClientStrip waba={waba} />
        </>
      )}
      <p className="waba-summary">
        <Sentence>{waba.summary}</Sentence>
      </p>
      {waba.warning ? (
        <p className="waba-warning">
          <Lamp lamp="amber" />
          <Sentence>{waba.warning}</Sentence>
        </p>
      ) : null}
    </header>
  );
}

/** The primary button is the next step; without one it is "Check now". */
function Acts({ waba }: { waba: Waba }) {
  const path = { waba_id: waba.id };
  const check = useAct(waba, () => checkWaba({ path }), checkedSentenceOf);
  const adopt = useAct(waba, () => adoptWaba({ path }));
  const offboard = useAct(waba, () => offboardWaba({ path }));
  const close = useAct(waba, (body: StopOrder) => closeWaba({ path, body }));
  const reopen = useAct(waba, () => reopenWaba({ path }));
  const actor = useActorName();
  const [asking, setAsking] = useState<"offboard" | "close" | null>(null);
  const message = useBackMessage(waba);
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
  const step = nextStepOf(waba);
  const error = check.error ?? adopt.error ?? offboard.error ?? reopen.error;
  return (
    <>
      <div className="row waba-actions">
        {step === "adopt" ? (
          <StepButton act={adopt}>{t("waba.adopt")}</StepButton>
        ) : step === "reopen" ? (
          <StepButton act={reopen}>{t("waba.reopen")}</StepButton>
        ) : step === "token" ? (
          <Link to="/connection" className="button" data-primary>
            {t("waba.replace_token")}
          </Link>
        ) : step === "steps" ? (
          <a href="#recovery" className="button" data-primary>
            {t("waba.to_recovery")}
          </a>
        ) : null}
        {maySend ? (
          <button
            type="button"
            className="button button-reshare"
            data-primary={step === "send"}
            aria-keyshortcuts="l"
            onClick={message.open}
          >
            <Icon name="mail" />
            {t("waba.send")}
          </button>
        ) : null}
        <button
          type="button"
          className="button button-check"
          data-primary={step === "check"}
          aria-disabled={check.isPending}
          aria-keyshortcuts="c"
          onClick={acts.check}
        >
          <span className="spin" data-on={check.isPending}>
            <Icon name="refresh" />
          </span>
          {check.isPending ? t("waba.checking") : t("waba.check")}
        </button>
        <MoreMenu
          waba={waba}
          onOffboard={() => setAsking("offboard")}
          onStop={() => setAsking("close")}
          onOpen={() => reopen.mutate()}
        />
      </div>
      <ClientStrip waba={waba}>
        <button type="button" className="button" data-primary onClick={message.open}>
          <Icon name="mail" />
          {t("waba.client_said.send")}
        </button>
      </ClientStrip>
      <CheckResult outcome={check.isPending ? undefined : check.data} />
      {error ? <Problem error={error} /> : null}
      {message.dialog}
      <OffboardDialog
        waba={waba}
        actor={actor}
        opened={asking === "offboard"}
        onClose={() => setAsking(null)}
        onConfirm={() => {
          setAsking(null);
          offboard.mutate();
        }}
      />
      {asking === "close" ? (
        <StopDialog
          waba={waba}
          actor={actor}
          isSending={close.isPending}
          error={close.error}
          onClose={() => {
            close.reset();
            setAsking(null);
          }}
          onConfirm={(order) => close.mutate(order, { onSuccess: () => setAsking(null) })}
        />
      ) : null}
    </>
  );
}

/**
 * The lamp stays grey, because the share is not known to be lost. A red label beside it says that nothing is
 * sent.
 */
const isRefusedByToken = ({ reason, numbers }: Waba): boolean =>
  reason === "provider_token_invalid" && numbers.some((number) => !number.can_send);

type NextStep = "adopt" | "reopen" | "answer" | "send" | "token" | "steps" | "check";

/** The next step for this WABA. */
function nextStepOf(waba: Waba): NextStep {
  if (waba.status === "discovered") return "adopt";
  if (waba.status === "closed") return "reopen";
  // The strip with the client's wish has the button.
  if (waba.client_signals.word === "asked_fresh") return "answer";
  if (waba.who_must_act === "client") return "send";
  if (waba.reason === "provider_token_invalid") return "token";
  // The client removed access on purpose: no action is needed.
  if (waba.who_must_act === "nobody") return "check";
  return waba.lamp === "red" && (waba.recovery?.methods.length ?? 0) > 0 ? "steps" : "check";
}

function StepButton({
  act,
  children,
}: {
  act: { isPending: boolean; mutate: () => void };
  children: string;
}) {
  return (
    <button
      type="button"
      className="button button-adopt"
      data-primary
      disabled={act.isPending}
      onClick={() => act.mutate()}
    >
      {children}
    </button>
  );
}

/** "Check now" always answers where it was clicked, also when nothing has changed. */
function CheckResult({ outcome }: { outcome: Outcome | undefined }) {
  return (
    <p className="check-result muted small">
      {outcome ? (
        <>
          {t("waba.checked_at")} <RelativeTime at={outcome.at} />:{" "}
          {changeOf(outcome.before, outcome.waba.status_label)}
        </>
      ) : null}
    </p>
  );
}

const changeOf = (before: string, status: string): string =>
  before === status ? t("waba.still", { status }) : t("waba.became", { before, status });

interface Outcome {
  waba: Waba;
  /** The label before. */
  before: string;
  at: string;
}

/** A command on the WABA answers with the WABA after it. */
function useAct<Order = void>(
  waba: Waba,
  command: (order: Order) => Promise<{ data: Waba }>,
  sentenceOf = ({ waba: { status_label } }: Outcome): string => status_label,
) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (order: Order): Promise<Outcome> => {
      const before = waba.status_label;
      const { data: fresh } = await command(order);
      return { waba: fresh, before, at: new Date(serverNow()).toISOString() };
    },
    onSuccess(outcome) {
      queries.setQueryData(wabaQuery(waba.id).queryKey, outcome.waba);
      announce(sentenceOf(outcome));
      void queries.invalidateQueries({ queryKey: timelineQuery(waba.id).queryKey });
      void queries.invalidateQueries({ queryKey: overviewQuery.queryKey });
    },
  });
}

const checkedSentenceOf = ({ before, waba }: Outcome): string =>
  `${t("waba.checked_at")}: ${changeOf(before, waba.status_label)}`;

function MoreMenu(props: { waba: Waba; onOffboard: () => void; onStop: () => void; onOpen: () => void }) {
  const { waba, onOffboard, onStop, onOpen } = props;
  const mayOpen = waba.status === "unknown" && waba.numbers.some((number) => !number.can_send);
  const mayEnd = waba.status !== "offboarded";
  const mayStop = waba.status !== "closed";
  return (
    <Menu position="bottom-end" offset={4} shadow="md">
      <Menu.Target>
        <button type="button" className="button button-icon" aria-label={t("waba.more")}>
          <Icon name="dots" />
        </button>
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
          <Menu.Item leftSection={<Icon name="pause" />} onClick={onStop}>
            {t("waba.stop")}
          </Menu.Item>
        ) : null}
        {mayEnd ? (
          <Menu.Item className="danger" leftSection={<Icon name="close" />} onClick={onOffboard}>
            {t("waba.offboard")}
          </Menu.Item>
        ) : null}
      </Menu.Dropdown>
    </Menu>
  );
}

/** Links that change nothing here are offered to everybody. */
function OwnerSettings({ waba }: { waba: Waba }) {
  if (!waba.owner_settings_url) return null;
  return (
    <div className="row waba-actions">
      <a className="button" href={waba.owner_settings_url} target="_blank" rel="noopener noreferrer">
        <Icon name="external" />
        {t("waba.settings")}
      </a>
    </div>
  );
}

function OffboardDialog(props: {
  waba: Waba;
  actor: string;
  opened: boolean;
  onClose: () => void;
  onConfirm: () => void;
}) {
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      title={t("waba.offboard_title", { name: isolated(props.waba.name) })}
      closeButtonProps={{ "aria-label": t("close") }}
    >
      <p>{t("waba.offboard_detail", { actor: props.actor })}</p>
      <div className="row dialog-actions">
        <button type="button" className="button" data-autofocus onClick={props.onClose}>
          {t("cancel")}
        </button>
        <button type="button" className="button" data-danger onClick={props.onConfirm}>
          {t("waba.offboard_confirm")}
        </button>
      </div>
    </Modal>
  );
}
