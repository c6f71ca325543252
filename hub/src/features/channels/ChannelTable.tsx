import { Button, Menu } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { say } from "../../alert-messages.ts";
import { testAlertChannelMutation } from "../../api/generated/@tanstack/react-query.gen.ts";
import type { AlertChannel, AlertChannelTest } from "../../api/types.ts";
import { useMayAct } from "../../api/useMayAct.ts";
import { labelOf } from "../../labels.ts";
import { Icon } from "../../ui/icons.tsx";
import { Status } from "../../ui/Lamp.tsx";
import { Name } from "../../ui/Name.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import { Cell } from "../settings/Cell.tsx";
import settings from "../settings/settings.module.css";
import webhooks from "../webhooks/webhooks.module.css";
import { lampOfChannel } from "./channel.ts";
import {
  ChangeChannelDialog,
  ChannelStateDialog,
  DeleteChannelDialog,
  useChannelsAgain,
} from "./ChannelDialogs.tsx";

/** A test that was sent; `error`: it could not even be asked for. */
export interface TestedChannel {
  channel: AlertChannel;
  result: AlertChannelTest | null;
  error: unknown;
}

interface TableProps {
  channels: AlertChannel[];
  /** The channels that a route sends to; undefined while that is not known. */
  usedIds: ReadonlySet<string> | undefined;
  onTested: (tested: TestedChannel) => void;
}

export function ChannelTable({ channels, usedIds, onTested }: TableProps) {
  return (
    <table className={settings.records}>
      <caption className="vh">{say("channels.title")}</caption>
      <thead>
        <tr>
          <th scope="col">{say("channels.name")}</th>
          <th scope="col">{say("channels.goes_to")}</th>
          <th scope="col">{say("channels.state")}</th>
          <th scope="col">
            <span className="vh">{say("channels.acts")}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {channels.map((channel) => (
          <tr key={channel.id}>
            <td data-cell="title">
              <span className={settings.rowTitle}>
                <Name>{channel.name}</Name>
              </span>
              {usedIds?.has(channel.id) === false ? (
                <span className="muted small block">{say("channels.unused")}</span>
              ) : null}
            </td>
            <Cell label={say("channels.goes_to")}>
              {labelOf("channel_type", channel.type)}
              <bdi className="muted small mono block" dir="ltr">
                {channel.address ?? say("channels.unreadable")}
              </bdi>
            </Cell>
            <Cell label={say("channels.state")}>
              <ChannelState of={channel} />
            </Cell>
            <td data-cell="acts">
              <div className={webhooks.acts}>
                <ChannelActs of={channel} onTested={onTested} />
              </div>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function ChannelState({ of: channel }: { of: AlertChannel }) {
  const { failing_since, last_failure } = channel;
  return (
    <>
      <Status
        lamp={lampOfChannel(channel)}
        label={failing_since === null ? labelOf("channel_state", channel.state) : say("channels.fails")}
      />
      {failing_since === null ? null : (
        <span className="small block">
          {say("channels.failing_since")} <RelativeTime at={failing_since} />
        </span>
      )}
      {failing_since === null || last_failure === null ? null : (
        <span className="small block">{last_failure}</span>
      )}
    </>
  );
}

type Act = "change" | "state" | "delete";

function ChannelActs({ of: channel, onTested }: { of: AlertChannel } & Pick<TableProps, "onTested">) {
  const mayChange = useMayAct("admin");
  const again = useChannelsAgain();
  const [act, setAct] = useState<Act | null>(null);
  const test = useMutation({
    ...testAlertChannelMutation(),
    onSuccess: (result) => onTested({ channel, result, error: null }),
    onError: (error) => onTested({ channel, result: null, error }),
    onSettled: again,
  });
  if (!mayChange) return null;
  const dialog = { of: channel, onClose: () => setAct(null) };
  return (
    <>
      <Button
        aria-label={say("channels.test_of", { name: channel.name })}
        aria-disabled={test.isPending}
        onClick={() => {
          if (!test.isPending) test.mutate({ path: { id: channel.id } });
        }}
      >
        {test.isPending ? say("channels.testing") : say("channels.test")}
      </Button>
      <MoreMenu of={channel} onAct={setAct} />
      {act === "change" ? <ChangeChannelDialog {...dialog} /> : null}
      {act === "state" ? <ChannelStateDialog {...dialog} /> : null}
      {act === "delete" ? <DeleteChannelDialog {...dialog} /> : null}
    </>
  );
}

function MoreMenu({ of: { name, state }, onAct }: { of: AlertChannel; onAct: (act: Act) => void }) {
  const next = state === "paused" ? "enabled" : "paused";
  return (
    <Menu position="bottom-end" offset={4} shadow="md">
      <Menu.Target>
        <Button className="button-icon" aria-label={say("channels.more_of", { name })}>
          <Icon name="dots" />
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<Icon name="list" />} onClick={() => onAct("change")}>
          {say("channels.change")}
        </Menu.Item>
        <Menu.Item
          leftSection={<Icon name={next === "paused" ? "pause" : "check"} />}
          onClick={() => onAct("state")}
        >
          {say(`channels.state_acts.${next}`)}
        </Menu.Item>
        <Menu.Item className="danger" leftSection={<Icon name="close" />} onClick={() => onAct("delete")}>
          {say("channels.delete")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
