import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";
import { wabaQuery } from "../../api/queries.ts";
import type { Recovery, Waba } from "../../api/types.ts";
import { useKeys } from "../../shell/keyboard.ts";
import { texts } from "../../texts.ts";
import { Icon } from "../../ui/icons.tsx";
import { PageSkeleton } from "../../ui/Skeleton.tsx";
import { useTitle } from "../../ui/useTitle.ts";
import { LoadFailure } from "../Failures.tsx";
import { neighboursOf, recallList } from "../list-memory.ts";
import { toggled, type WabaSearch } from "../search.ts";
import { Conditions } from "./Conditions.tsx";
import { Details } from "./Details.tsx";
import { Facts } from "./Facts.tsx";
import { NumberCards } from "./NumberCards.tsx";
import { WabaSignup } from "../signup/WabaSignup.tsx";
import { RecoveryPanel } from "./RecoveryPanel.tsx";
import { RegisterNumber } from "./RegisterNumber.tsx";
import { Timeline } from "./Timeline.tsx";
import { WabaHead } from "./WabaHead.tsx";
import { Working } from "./Working.tsx";

/** State, cause, way back, proofs and history of one WABA. */
export function WabaPage({ id, search }: { id: string; search: WabaSearch }) {
  const query = useQuery(wabaQuery(id));
  useTitle(query.data ? `${query.data.client.name} · ${query.data.name}` : id);
  if (!query.data) {
    if (!query.error) return <PageSkeleton walk={<Walk id={id} />} blocks={3} height={150} />;
    return (
      <LoadFailure
        error={query.error}
        onRetry={() => void query.refetch()}
        absentTitle={texts.problem.noWaba(id)}
        absentDetail={texts.problem.noWabaDetail}
      />
    );
  }
  return <WabaBody waba={query.data} search={search} />;
}

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
  const way = useWayBack(waba);
  return (
    <div className="page">
      <Walk id={waba.id} />
      <WabaHead waba={waba} />
      <Facts waba={waba} />
      <div className="columns">
        <div className="column-main">
          {way ? (
            <RecoveryPanel
              id="recovery"
              recovery={way.recovery}
              title={way.title}
              lead={way.lead}
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
          ) : null}
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

/** The ways that can be gone from here. */
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

interface WayBack {
  recovery: Recovery;
  title: string;
  lead?: string;
}

/**
 * The steps of now. When the loss ends while somebody looks at them, they stay with every step ticked: what vanishes at the moment of
 * success leaves people wondering.
 */
function useWayBack(waba: Waba): WayBack | null {
  const [lost, setLost] = useState<Recovery | null>(null);
  // Adopting is one button, and that stands in the head.
  const hasSteps = waba.status !== "discovered" && (waba.recovery?.methods.length ?? 0) > 0;
  const recovery = hasSteps ? waba.recovery : null;
  const isLost = waba.lamp === "red" && recovery !== null;
  if (isLost && lost !== recovery) setLost(recovery);
  if (recovery) return { recovery, title: isLost ? texts.waba.recovery : texts.waba.nextSteps };
  if (waba.status !== "live" || lost === null) return null;
  return { recovery: repaired(lost), title: texts.waba.repaired, lead: texts.waba.repairedLead };
}

const repaired = ({ methods }: Recovery): Recovery => ({
  methods: methods
    .filter((method) => method.available)
    .slice(0, 1)
    .map((method) => ({ ...method, steps: method.steps.map((step) => ({ ...step, done: true })) })),
});

/** The page's content comes after the router looked for `#recovery`: look again once it stands. */
function useHashOnArrival(): void {
  useEffect(() => {
    const target = window.location.hash.slice(1);
    if (target !== "") document.getElementById(target)?.scrollIntoView({ block: "start" });
  }, []);
}

/** Back to the list as it was left, and along it. */
function Walk({ id }: { id: string }) {
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
    <div className="walk">
      <button type="button" className="crumb" onClick={() => void navigate({ href: list?.href ?? "/wabas" })}>
        <Icon name="left" size={14} />
        {texts.list.title}
      </button>
      {at ? (
        <span className="row walk-steps">
          <span className="muted small">{texts.waba.position(at.position, at.count)}</span>
          <Step id={at.previous} label={texts.waba.prev} shortcut="[" icon="left" />
          <Step id={at.next} label={texts.waba.next} shortcut="]" icon="right" />
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
      <span className="button button-icon" aria-disabled="true">
        <Icon name={icon} />
      </span>
    );
  }
  return (
    <Link
      to="/wabas/$wabaId"
      params={{ wabaId: id }}
      className="button button-icon"
      aria-label={label}
      aria-keyshortcuts={shortcut}
      title={`${label} (${shortcut})`}
    >
      <Icon name={icon} />
    </Link>
  );
}
