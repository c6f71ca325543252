import { useQuery } from "@tanstack/react-query";
import { useState, useSyncExternalStore } from "react";
import { wabaWatchQuery } from "../../api/queries.ts";
import type { Waba, WabaWatch } from "../../api/types.ts";
import { useMayAct } from "../../api/useMayAct.ts";
import { labelOf } from "../../labels.ts";
import { t } from "../../messages.ts";
import { serverNow, subscribeToSeconds } from "../../time/server-clock.ts";
import { Loaded } from "../../ui/Loaded.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import { Blocks } from "../../ui/Skeleton.tsx";
import { ModeDialog } from "../observe/ModeDialog.tsx";
import { durationOf } from "../../time/duration.ts";
import { Row } from "./Row.tsx";

/** How we may use this WABA and how it is monitored: partner model, next probe, webhooks. */
export function Watch({ waba }: { waba: Waba }) {
  const query = useQuery(wabaWatchQuery(waba.id));
  return (
    <section aria-labelledby="watch-title">
      <h2 id="watch-title">{t("waba.watch.title")}</h2>
      <Loaded query={query} skeleton={<Blocks count={4} height={28} />}>
        {(watch) => (
          <dl>
            <Row name={t("waba.model")}>
              {labelOf("partner_model", watch.partner_model.name)}
              <span className="muted block">{watch.partner_model.what}</span>
            </Row>
            <Row name={t("waba.watch.token")}>{labelOf("sends_with", watch.sends_with)}</Row>
            <ModeRow waba={waba} mode={watch.mode} />
            <Row name={t("waba.watch.next_probe")}>
              <NextProbe probe={watch.next_probe} />
            </Row>
            <Row name={t("waba.watch.webhooks")}>
              <Webhooks subscription={watch.subscription} />
            </Row>
          </dl>
        )}
      </Loaded>
    </section>
  );
}

function ModeRow({ waba, mode }: { waba: Waba; mode: WabaWatch["mode"] }) {
  const [isAsking, setAsking] = useState(false);
  const mayAct = useMayAct("admin");
  return (
    <Row name={t("waba.mode")}>
      {labelOf("mode", mode.name)} <span className="muted">· {labelOf("mode_from", mode.from)}</span>
      {mayAct ? (
        <button type="button" className="text-button" onClick={() => setAsking(true)}>
          {t(`waba.watch.change.${mode.name}`)}
        </button>
      ) : null}
      {isAsking ? (
        <ModeDialog
          mode={mode.name === "enforce" ? "observe" : "enforce"}
          waba={waba}
          client={waba.client}
          onClose={() => setAsking(false)}
        />
      ) : null}
    </Row>
  );
}

function NextProbe({ probe }: { probe: WabaWatch["next_probe"] }) {
  if (probe === null) return <>{t("waba.watch.no_probe")}</>;
  return (
    <>
      <ProbeTime at={probe.at} />
      <span className="muted block">
        {probe.asked_by === "rule"
          ? t("waba.watch.by_rule")
          : t("waba.watch.by_sweep", {
              period: durationOf(probe.every_s * 1000),
              situation: probe.situation,
            })}
      </span>
    </>
  );
}

/** A probe that is due begins in a moment: "10 s ago" would be wrong. */
function ProbeTime({ at }: { at: string }) {
  const isDue = useSyncExternalStore(subscribeToSeconds, () => Date.parse(at) <= serverNow());
  return isDue ? t("waba.watch.due_now") : <RelativeTime at={at} focusable />;
}

function Webhooks({ subscription }: { subscription: WabaWatch["subscription"] }) {
  const { override, status, repaired_at, repair_failed_at } = subscription;
  const hasFailed = status !== "True" && repair_failed_at !== null;
  return (
    <>
      {t(`waba.watch.subscription.${status}`)}
      {repaired_at ? (
        <span className="muted block">
          {t("waba.watch.repaired")} <RelativeTime at={repaired_at} focusable />
        </span>
      ) : null}
      {hasFailed ? (
        <span className="block">
          {t("waba.watch.repair_failed")} <RelativeTime at={repair_failed_at} focusable />
        </span>
      ) : null}
      {override ? (
        <span className="block breakable">
          {t("waba.watch.override")} <span className="mono">{override.uri}</span>
          <span className="muted block">{overrideWordsOf(override)}</span>
        </span>
      ) : null}
    </>
  );
}

function overrideWordsOf({ lost_at, held }: NonNullable<WabaWatch["subscription"]["override"]>): string {
  if (lost_at) return held ? t("waba.watch.override_lost_held") : t("waba.watch.override_lost");
  return held ? t("waba.watch.override_held") : t("waba.watch.override_read");
}
