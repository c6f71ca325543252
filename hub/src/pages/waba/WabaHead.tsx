import { Menu, Modal } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { api } from "../../api/client.ts";
import { wabaQuery } from "../../api/queries.ts";
import type { Waba } from "../../api/types.ts";
import { useKeys } from "../../shell/keyboard.ts";
import { texts } from "../../texts.ts";
import { announce } from "../../ui/announce.ts";
import { CopyId } from "../../ui/Copy.tsx";
import { Icon } from "../../ui/icons.tsx";
import { Lamp, WabaStatus } from "../../ui/Lamp.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { useBackMessage } from "../signup/ClientMessage.tsx";
import { ClientStrip } from "./ClientStrip.tsx";
import { ReshareButton } from "./ReshareButton.tsx";
import { StopDialog } from "./StopDialog.tsx";

/** What is the matter, in a label and a sentence, and the one thing to do about it from here. */
export function WabaHead({ waba }: { waba: Waba }) {
  const check = useAct(waba, "check");
  const adopt = useAct(waba, "adopt");
  const offboard = useAct(waba, "offboard");
  const close = useAct(waba, "close");
  const reopen = useAct(waba, "reopen");
  const message = useBackMessage(waba);
  const [asking, setAsking] = useState<"offboard" | "close" | null>(null);
  const keys = useMemo(() => ({ c: () => (check.isPending ? undefined : check.mutate({})) }), [check]);
  useKeys(keys);
  const isFound = waba.status === "discovered";
  const isStopped = waba.status === "closed";
  const error = check.error ?? adopt.error ?? offboard.error ?? close.error ?? reopen.error;
  return (
    <header className="waba-head" data-lamp={waba.lamp}>
      <div className="waba-head-words">
        <WabaStatus waba={waba} size={20} />
        <h1>{waba.name}</h1>
        <p className="waba-sub">
          {waba.client.name === waba.name ? texts.waba.word : waba.client.name}{" "}
          {waba.client.name === waba.name ? null : <span aria-hidden="true">·</span>}
          <CopyId value={waba.id} what={texts.things.wabaId} />
        </p>
      </div>
      <div className="row waba-acts">
        {isFound ? (
          <button
            type="button"
            className="button button-adopt"
            data-primary
            disabled={adopt.isPending}
            onClick={() => adopt.mutate({})}
          >
            {texts.waba.adopt}
          </button>
        ) : null}
        {isStopped ? (
          <button
            type="button"
            className="button"
            data-primary
            disabled={reopen.isPending}
            onClick={() => reopen.mutate({})}
          >
            {texts.waba.reopen}
          </button>
        ) : null}
        <button
          type="button"
          className="button"
          data-primary={!isFound && !isStopped}
          aria-disabled={check.isPending}
          aria-keyshortcuts="c"
          onClick={() => (check.isPending ? undefined : check.mutate({}))}
        >
          <span className="spin" data-on={check.isPending}>
            <Icon name="refresh" />
          </span>
          {check.isPending ? texts.waba.checking : texts.waba.check}
        </button>
        {waba.who_must_act === "client" || waba.reshare_url ? (
          <>
            <ReshareButton waba={waba} />
            <button type="button" className="button button-message" onClick={message.open}>
              <Icon name="mail" />
              {texts.onboarding.message.button}
            </button>
          </>
        ) : null}
        <MoreMenu
          waba={waba}
          onOffboard={() => setAsking("offboard")}
          onStop={() => setAsking("close")}
          onOpen={() => reopen.mutate({})}
        />
      </div>
      <ClientStrip waba={waba}>
        <button type="button" className="button" data-primary onClick={message.open}>
          <Icon name="mail" />
          {texts.waba.client_said.send}
        </button>
      </ClientStrip>
      <p className="waba-summary">{waba.summary}</p>
      {waba.warning ? (
        <p className="waba-warning">
          <Lamp lamp="amber" />
          {waba.warning}
        </p>
      ) : null}
      {error ? <Problem error={error} /> : null}
      {message.dialog}
      <OffboardDialog
        waba={waba}
        opened={asking === "offboard"}
        onClose={() => setAsking(null)}
        onConfirm={() => {
          setAsking(null);
          offboard.mutate({});
        }}
      />
      <StopDialog
        waba={waba}
        opened={asking === "close"}
        onClose={() => setAsking(null)}
        onConfirm={(order) => {
          setAsking(null);
          close.mutate(order);
        }}
      />
    </header>
  );
}

/** An act on the WABA answers with the WABA as it then is. */
function useAct(waba: Waba, act: "check" | "adopt" | "offboard" | "close" | "reopen") {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: { reason?: string; until?: string }) =>
      api.post<Waba>(`/wabas/${encodeURIComponent(waba.id)}/${act}`, body),
    onSuccess(fresh) {
      queries.setQueryData(wabaQuery(waba.id).queryKey, fresh);
      announce(texts.waba.checked(fresh.status_label));
      void queries.invalidateQueries({ queryKey: ["timeline", waba.id] });
      void queries.invalidateQueries({ queryKey: ["overview"] });
    },
  });
}

function MoreMenu(props: { waba: Waba; onOffboard: () => void; onStop: () => void; onOpen: () => void }) {
  const { waba, onOffboard, onStop, onOpen } = props;
  const mayOpen = waba.status === "unknown" && waba.numbers.some((number) => !number.can_send);
  const mayEnd = waba.status !== "offboarded";
  const mayStop = waba.status !== "closed";
  return (
    <Menu position="bottom-end" offset={4} shadow="md">
      <Menu.Target>
        <button type="button" className="button button-icon" aria-label={texts.waba.more}>
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
            {texts.waba.settings}
          </Menu.Item>
        ) : null}
        {mayOpen ? (
          <Menu.Item leftSection={<Icon name="check" />} onClick={onOpen}>
            {texts.waba.openByHand}
          </Menu.Item>
        ) : null}
        {mayStop ? (
          <Menu.Item leftSection={<Icon name="pause" />} onClick={onStop}>
            {texts.waba.stop}
          </Menu.Item>
        ) : null}
        {mayEnd ? (
          <Menu.Item className="danger" leftSection={<Icon name="close" />} onClick={onOffboard}>
            {texts.waba.offboard}
          </Menu.Item>
        ) : null}
      </Menu.Dropdown>
    </Menu>
  );
}

function OffboardDialog(props: { waba: Waba; opened: boolean; onClose: () => void; onConfirm: () => void }) {
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      title={texts.waba.offboardTitle(props.waba.name)}
      closeButtonProps={{ "aria-label": texts.close }}
    >
      <p>{texts.waba.offboardDetail}</p>
      <div className="row dialog-acts">
        <button type="button" className="button" data-autofocus onClick={props.onClose}>
          {texts.cancel}
        </button>
        <button type="button" className="button" data-danger onClick={props.onConfirm}>
          {texts.waba.offboardConfirm}
        </button>
      </div>
    </Modal>
  );
}
