import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";
import { wabaQuery } from "../../api/queries.ts";
import type { Recovery, Waba } from "../../api/types.ts";
import { useKeys } from "../../shell/keyboard.ts";
import { t } from "../../messages.ts";
import { LinkButton } from "../../ui/LinkButton.tsx";
import { Icon } from "../../ui/icons.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import { PageSkeleton } from "../../ui/Skeleton.tsx";
import { useTitle } from "../../ui/useTitle.ts";
import { LoadFailure } from "../../ui/Failures.tsx";
import { neighboursOf, recallList } from "../../shell/list-memory.ts";
import { toggled, type WabaSearch } from "../../shell/search.ts";
import { CaseBar } from "./CaseBar.tsx";
import { ChoseAnother } from "./ChoseAnother.tsx";
import { Conditions } from "./Conditions.tsx";
import { Details } from "./Details.tsx";
import { Facts } from "./Facts.tsx";
import { NumberCards } from "./NumberCards.tsx";
import { WabaAlerts } from "../alerts/WabaAlerts.tsx";
import { ClientPanel } from "../client/ClientPanel.tsx";
import { WabaSignup } from "../signup/WabaSignup.tsx";
import { RecoveryPanel } from "./RecoveryPanel.tsx";
import { RegisterNumber } from "./RegisterNumber.tsx";
import { Timeline } from "./Timeline.tsx";
import { WabaHead } from "./WabaHead.tsx";
import { Working } from "./SetupChecks.tsx";

const route = getRouteApi("/shell/wabas/$wabaId");

/** State, cause, fix, proofs and history of one WABA. */
export function WabaPage() {
  const { wabaId: id } = route.useParams();
  const search = route.useSearch();
  const query = useQuery(wabaQuery(id));
  useTitle(query.data ? titleOf(query.data) : id);
  if (!query.data) {
    if (!query.error) return <PageSkeleton breadcrumb={<Breadcrumb id={id} />} blocks={3} height={150} />;
    return (
      <LoadFailure
        error={query.error}
        onRetry={() => void query.refetch()}
        absentTitle={t("problem.no_waba", { id })}
        absentDetail={t("problem.no_waba_detail")}
      />
    );
  }
  return <WabaBody waba={query.data} search={search} />;
}

/** Most clients give the WABA their own name. */
const titleOf = ({ name, client }: Waba): string =>
  client.name === name ? name : `${client.name} · ${name}`;

function WabaBody({ waba, search }: { waba: Waba; search: WabaSearch }) {
  const navigate = useNavigate();
  const setSearch = (change: WabaSearch): void =>
    void navigate({
      to: "/wabas/$wabaId",
      params: { wabaId: waba.id },
      search: { ...search, ...change },
      replace: true,
      resetScroll: false,
    });
  const panels = {
    open: search.open,
    onToggle: (panel: string) => setSearch({ open: toggled(search.open, panel) }),
  };
  useHashOnArrival();
  const way = wayBackOf(waba);
  const wasLost = useWasLost(waba);
  return (
    <div className="page">
      <Breadcrumb id={waba.id} />
      <WabaHead waba={waba} />
      <WabaAlerts wabaId={waba.id} />
      <ChoseAnother choice={waba.client_signals.chose_another} />
      <Facts waba={waba} />
      <CaseBar waba={waba} />
      <div className="columns">
        <div className="column-main">
          {way ? (
            <RecoveryPanel
              id="recovery"
              recovery={way.recovery}
              title={way.title}
              way={search.way}
              onWay={(way) => setSearch({ way })}
              actOf={(method) => (
                <WayAct
                  method={method.method}
                  waba={waba}
                  signupId={search.signup}
                  onBegun={(signup) => setSearch({ signup })}
                />
              )}
            />
          ) : waba.restored && wasLost ? (
            <Repaired restored={waba.restored} />
          ) : null}
          <ClientPanel waba={waba} />
          <NumberCards waba={waba} />
          <Working waba={waba} />
          <Conditions waba={waba} {...panels} />
          <Timeline wabaId={waba.id} {...panels} />
        </div>
        <Details waba={waba} />
      </div>
    </div>
  );
}

/** What can be done from here for a recovery method. */
function WayAct({
  method,
  waba,
  ...signup
}: {
  method: string;
  waba: Waba;
  signupId: string | undefined;
  onBegun: (signupId: string) => void;
}) {
  switch (method) {
    case "embedded_signup":
    case "new_onboarding":
      return <WabaSignup waba={waba} {...signup} />;
    case "register_number":
      return waba.numbers.map((number) => <RegisterNumber key={number.id} waba={waba} number={number} />);
    default:
      return null;
  }
}

/** The current steps. Adopting is one button, which is in the head. */
function wayBackOf({ status, lamp, recovery }: Waba): { recovery: Recovery; title: string } | null {
  if (status === "discovered" || !recovery?.methods.length) return null;
  return { recovery, title: lamp === "red" ? t("waba.recovery") : t("waba.next_steps") };
}

/** Shows a person who saw the loss how it ended. Otherwise the panel would vanish without an explanation. */
function useWasLost({ lamp }: Waba): boolean {
  const [wasLost, setWasLost] = useState(false);
  if (lamp === "red" && !wasLost) setWasLost(true);
  return wasLost;
}

/** Only observed facts: a step that was not seen is not shown as done. */
function Repaired({ restored: { at, how, after_ban } }: { restored: NonNullable<Waba["restored"]> }) {
  return (
    <section id="recovery" className="panel" aria-labelledby="recovery-title">
      <div className="section-head">
        <h2 id="recovery-title">
          {t("waba.repaired")} <RelativeTime at={at} focusable />
        </h2>
      </div>
      {after_ban ? <p>{t("waba.repaired_after_ban")}</p> : null}
      <p>{t(`waba.repaired_how.${how}`)}</p>
    </section>
  );
}

/** The page's content comes after the router searched for `#recovery`: search again once it is there. */
function useHashOnArrival(): void {
  useEffect(() => {
    const target = window.location.hash.slice(1);
    if (target !== "") document.getElementById(target)?.scrollIntoView({ block: "start" });
  }, []);
}

/** Links back to the list as it was left, and to its previous and next WABA. */
function Breadcrumb({ id }: { id: string }) {
  const navigate = useNavigate();
  const list = useMemo(recallList, []);
  const at = neighboursOf(list, id);
  const keys = useMemo(() => {
    const go = (to: string | undefined) => (): void => {
      if (to) void navigate({ to: "/wabas/$wabaId", params: { wabaId: to } });
    };
    return { "[": go(at?.previous), "]": go(at?.next) };
  }, [at?.previous, at?.next, navigate]);
  useKeys(keys);
  return (
    <div className="breadcrumb">
      <button type="button" className="crumb" onClick={() => void navigate({ href: list?.href ?? "/wabas" })}>
        <Icon name="left" size={14} />
        {t("wabas.title")}
      </button>
      {at ? (
        <span className="row">
          <span className="muted small">
            {t("waba.position", { position: at.position, count: at.count })}
          </span>
          <Step id={at.previous} label={t("waba.prev")} shortcut="[" icon="left" />
          <Step id={at.next} label={t("waba.next")} shortcut="]" icon="right" />
        </span>
      ) : null}
    </div>
  );
}

function Step({
  id,
  label,
  shortcut,
  icon,
}: {
  id: string | undefined;
  label: string;
  shortcut: string;
  icon: "left" | "right";
}) {
  if (!id) {
    return (
      <Button component="span" className="button-icon" aria-disabled="true">
        <Icon name={icon} />
      </Button>
    );
  }
  return (
    <LinkButton
      to="/wabas/$wabaId"
      params={{ wabaId: id }}
      className="button-icon"
      aria-label={label}
      aria-keyshortcuts={shortcut}
      title={`${label} (${shortcut})`}
    >
      <Icon name={icon} />
    </LinkButton>
  );
}
