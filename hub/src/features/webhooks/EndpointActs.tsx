import { Button, Menu } from "@mantine/core";
import { useState } from "react";
import type { WebhookEndpoint } from "../../api/types.ts";
import { useMayAct } from "../../api/useMayAct.ts";
import { t } from "../../messages.ts";
import { Icon } from "../../ui/icons.tsx";
import {
  DeleteDialog,
  RotateSecretDialog,
  StateDialog,
  TestDialog,
  type Tested,
} from "./EndpointActDialogs.tsx";
import { stateActOf } from "./endpoint.ts";
import { ChangeEndpointDialog } from "./EndpointFormDialogs.tsx";

type Act = "test" | "change" | "state" | "rotate" | "delete";

/** What can be done with an endpoint: operators try it, administrators change it. */
export function EndpointActs(props: {
  of: WebhookEndpoint;
  onTested: (tested: Tested) => void;
  onDeleted?: () => void;
}) {
  const { of: endpoint } = props;
  const mayChange = useMayAct("admin");
  const [act, setAct] = useState<Act | null>(null);
  const dialog = { of: endpoint, onClose: () => setAct(null) };
  return (
    <>
      <Button
        aria-label={t("settings.webhooks.test_of", { url: endpoint.url })}
        onClick={() => setAct("test")}
      >
        {t("settings.webhooks.test")}
      </Button>
      {mayChange ? <MoreMenu of={endpoint} onAct={setAct} /> : null}
      {act === "test" ? <TestDialog {...dialog} onTested={props.onTested} /> : null}
      {act === "change" ? <ChangeEndpointDialog {...dialog} /> : null}
      {act === "state" ? <StateDialog {...dialog} /> : null}
      {act === "rotate" ? <RotateSecretDialog {...dialog} /> : null}
      {act === "delete" ? <DeleteDialog {...dialog} onDeleted={() => props.onDeleted?.()} /> : null}
    </>
  );
}

function MoreMenu({ of: { url, state }, onAct }: { of: WebhookEndpoint; onAct: (act: Act) => void }) {
  const stateAct = stateActOf(state);
  return (
    <Menu position="bottom-end" offset={4} shadow="md">
      <Menu.Target>
        <Button className="button-icon" aria-label={t("settings.webhooks.more_of", { url })}>
          <Icon name="dots" />
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<Icon name="list" />} onClick={() => onAct("change")}>
          {t("settings.webhooks.change")}
        </Menu.Item>
        <Menu.Item
          leftSection={<Icon name={stateAct === "pause" ? "pause" : "check"} />}
          onClick={() => onAct("state")}
        >
          {t(`settings.webhooks.state_acts.${stateAct}`)}
        </Menu.Item>
        <Menu.Item leftSection={<Icon name="key" />} onClick={() => onAct("rotate")}>
          {t("settings.webhooks.rotate")}
        </Menu.Item>
        <Menu.Item className="danger" leftSection={<Icon name="close" />} onClick={() => onAct("delete")}>
          {t("settings.webhooks.delete")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
