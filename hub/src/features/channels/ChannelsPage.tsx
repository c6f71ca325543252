import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { say } from "../../alert-messages.ts";
import { alertChannelsQuery, alertRoutesQuery } from "../../api/queries.ts";
import { useMayAct } from "../../api/useMayAct.ts";
import { Icon } from "../../ui/icons.tsx";
import { Loaded } from "../../ui/Loaded.tsx";
import { Empty } from "../../ui/Problem.tsx";
import { Blocks } from "../../ui/Skeleton.tsx";
import { Only, SettingsPage, SettingsPanel } from "../settings/SettingsPage.tsx";
import { CreateChannelDialog } from "./ChannelDialogs.tsx";
import { ChannelTable, type TestedChannel } from "./ChannelTable.tsx";
import { ChannelTestResult } from "./ChannelTestResult.tsx";

/** Where alerts are sent beside the Hub. Operators read them, administrators change and try them. */
export const ChannelsPage = () => (
  <SettingsPage title={say("channels.title")}>
    <Only for="operator">
      <Channels />
    </Only>
  </SettingsPage>
);

export function Channels() {
  const query = useQuery(alertChannelsQuery);
  const routes = useQuery(alertRoutesQuery).data?.data;
  const mayChange = useMayAct("admin");
  const [isCreating, setCreating] = useState(false);
  const [tested, setTested] = useState<TestedChannel | null>(null);
  const usedIds = useMemo(
    () => routes && new Set(routes.flatMap((route) => [...route.channel_ids, ...route.escalate_to])),
    [routes],
  );
  const create = mayChange ? (
    <Button variant="filled" onClick={() => setCreating(true)}>
      <Icon name="plus" />
      {say("channels.create")}
    </Button>
  ) : null;
  return (
    <SettingsPanel
      id="channels-title"
      title={say("channels.title")}
      lead={say("channels.lead")}
      act={query.data?.data.length === 0 ? null : create}
    >
      <Loaded query={query} skeleton={<Blocks count={3} height={64} />}>
        {({ data }) =>
          data.length === 0 ? (
            <Empty
              title={say("channels.empty_title")}
              detail={say(mayChange ? "channels.empty_detail" : "channels.empty_ask")}
            >
              {create}
            </Empty>
          ) : (
            <div className="stack">
              {tested === null ? null : <ChannelTestResult of={tested} onClose={() => setTested(null)} />}
              <ChannelTable channels={data} usedIds={usedIds} onTested={setTested} />
            </div>
          )
        }
      </Loaded>
      {isCreating ? <CreateChannelDialog onClose={() => setCreating(false)} /> : null}
    </SettingsPanel>
  );
}
