import { Button, Menu } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { say } from "../../alert-messages.ts";
import { updateAlertRouteMutation } from "../../api/generated/@tanstack/react-query.gen.ts";
import { alertChannelsQuery, alertRoutesQuery } from "../../api/queries.ts";
import type { AlertRoute } from "../../api/types.ts";
import { useMayAct } from "../../api/useMayAct.ts";
import { announce } from "../../ui/announce.ts";
import { Icon } from "../../ui/icons.tsx";
import { LinkButton } from "../../ui/LinkButton.tsx";
import { Loaded } from "../../ui/Loaded.tsx";
import { Name } from "../../ui/Name.tsx";
import { Empty, Problem } from "../../ui/Problem.tsx";
import { Blocks } from "../../ui/Skeleton.tsx";
import { Only, SettingsPage, SettingsPanel } from "../settings/SettingsPage.tsx";
import { ChangeRouteDialog, CreateRouteDialog, DeleteRouteDialog, useRoutesAgain } from "./RouteDialogs.tsx";
import { RouteSentence } from "./RouteSentence.tsx";
import styles from "./routes.module.css";

/** Which alerts go where, in their order. Operators read them, administrators change them. */
export const RoutesPage = () => (
  <SettingsPage title={say("routes.title")}>
    <Only for="operator">
      <Routes />
    </Only>
  </SettingsPage>
);

export function Routes() {
  const query = useQuery(alertRoutesQuery);
  const channels = useQuery(alertChannelsQuery).data?.data;
  const mayChange = useMayAct("admin");
  const [isCreating, setCreating] = useState(false);
  const create = mayChange ? (
    <Button variant="filled" onClick={() => setCreating(true)}>
      <Icon name="plus" />
      {say("routes.create")}
    </Button>
  ) : null;
  return (
    <SettingsPanel
      id="routes-title"
      title={say("routes.title")}
      lead={say("routes.lead")}
      act={query.data?.data.length === 0 ? null : create}
    >
      <Loaded query={query} skeleton={<Blocks count={3} height={64} />}>
        {({ data }) =>
          data.length > 0 ? (
            <RouteList routes={data} mayChange={mayChange} />
          ) : (
            <Empty
              title={say("routes.empty_title")}
              detail={say(mayChange ? "routes.empty_detail" : "routes.empty_ask")}
            >
              {mayChange && channels?.length === 0 ? (
                <LinkButton to="/settings/alert-channels">{say("first_channel_act")}</LinkButton>
              ) : null}
              {create}
            </Empty>
          )
        }
      </Loaded>
      {isCreating ? <CreateRouteDialog onClose={() => setCreating(false)} /> : null}
    </SettingsPanel>
  );
}

/** The first route that takes an alert decides; what none takes is in the Hub only. */
function RouteList({ routes, mayChange }: { routes: AlertRoute[]; mayChange: boolean }) {
  const again = useRoutesAgain();
  const move = useMutation({ ...updateAlertRouteMutation(), onSuccess: again });
  const moveTo = (route: AlertRoute, place: number): void =>
    move.mutate(
      { path: { id: route.id }, body: { position: place } },
      { onSuccess: () => announce(say("routes.moved", { name: route.name, place })) },
    );
  return (
    <>
      {move.error ? <Problem error={move.error} /> : null}
      <ol className={styles.list} aria-label={say("routes.title")}>
        {routes.map((route, index) => (
          <li key={route.id}>
            <span className={styles.place}>{index + 1}</span>
            <div>
              <strong>
                <Name>{route.name}</Name>
              </strong>
              <p>
                <RouteSentence of={route} />
              </p>
            </div>
            {mayChange ? (
              <RouteActs
                of={route}
                isFirst={index === 0}
                isLast={index === routes.length - 1}
                isMoving={move.isPending}
                onMove={(step) => moveTo(route, index + 1 + step)}
              />
            ) : null}
          </li>
        ))}
        <li className={styles.last}>
          <span aria-hidden="true" />
          <div>
            <strong>{say("routes.rest")}</strong>
            <p>{say("routes.rest_detail")}</p>
          </div>
        </li>
      </ol>
    </>
  );
}

function RouteActs(props: {
  of: AlertRoute;
  isFirst: boolean;
  isLast: boolean;
  isMoving: boolean;
  onMove: (step: 1 | -1) => void;
}) {
  const { of: route, isFirst, isLast, isMoving, onMove } = props;
  const { name } = route;
  const [act, setAct] = useState<"change" | "delete" | null>(null);
  const dialog = { of: route, onClose: () => setAct(null) };
  // Not `disabled`: whoever moves a route to the end by the keyboard would lose the focus there.
  return (
    <div className={styles.acts}>
      <Button
        className="button-icon"
        aria-label={say("routes.up", { name })}
        aria-disabled={isFirst || isMoving}
        onClick={() => (isFirst || isMoving ? undefined : onMove(-1))}
      >
        <Icon name="up" />
      </Button>
      <Button
        className="button-icon"
        aria-label={say("routes.down", { name })}
        aria-disabled={isLast || isMoving}
        onClick={() => (isLast || isMoving ? undefined : onMove(1))}
      >
        <Icon name="down" />
      </Button>
      <Menu position="bottom-end" offset={4} shadow="md">
        <Menu.Target>
          <Button className="button-icon" aria-label={say("routes.more_of", { name })}>
            <Icon name="dots" />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<Icon name="list" />} onClick={() => setAct("change")}>
            {say("routes.change")}
          </Menu.Item>
          <Menu.Item className="danger" leftSection={<Icon name="close" />} onClick={() => setAct("delete")}>
            {say("routes.delete")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {act === "change" ? <ChangeRouteDialog {...dialog} /> : null}
      {act === "delete" ? <DeleteRouteDialog {...dialog} /> : null}
    </div>
  );
}
