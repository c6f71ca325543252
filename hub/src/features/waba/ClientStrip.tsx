import { Badge } from "@mantine/core";
import type { ReactNode } from "react";
import type { Waba, WabaSummary } from "../../api/types.ts";
import { labelOf } from "../../labels.ts";
import { t } from "../../messages.ts";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import styles from "./ClientStrip.module.css";

type Signals = Waba["client_signals"];

/** What the client reported on its page, and how far it came. Support must see this first. */
export function ClientStrip({ waba, children }: { waba: Waba; children?: ReactNode }) {
  const lines = linesOf(waba.client_signals);
  if (lines.length === 0) return null;
  return (
    <div data-part="client-strip" className={styles.clientStrip} data-signal={waba.client_signals.signal}>
      {lines.map(({ text, at }) => (
        <p key={text}>
          <span role="status">{text}</span> <RelativeTime at={at} focusable />
        </p>
      ))}
      {waba.client_signals.signal === "asked_fresh" ? children : null}
    </div>
  );
}

/** A short mark for lists, where the client waits for an answer or wants none. */
export function ClientMark({ waba }: { waba: WabaSummary }) {
  const { signal } = waba.client_signals;
  if (signal === null || signal === "opened") return null;
  return (
    <Badge component="span" className={styles.clientMark}>
      {labelOf("client_signal", signal)}
    </Badge>
  );
}

function linesOf(signals: Signals): { text: string; at: string }[] {
  const { intended_at, asked_for_link_at, app_works_again_at, link_opened_at, last_seen_at } = signals;
  return [
    { text: t("waba.client_said.intended"), at: intended_at },
    { text: t("waba.client_said.asked_fresh"), at: asked_for_link_at },
    { text: t("waba.client_said.app_works_again"), at: app_works_again_at },
    { text: stepOf(signals), at: signals.step_at },
    { text: t("waba.client_said.seen"), at: last_seen_at ?? link_opened_at },
  ].filter((line): line is { text: string; at: string } => line.at !== null && line.text !== "");
}

function stepOf({ step, step_outcome: outcome }: Signals): string {
  if (step === null) return "";
  const text = t(`waba.client_said.steps.${step}`);
  return outcome === null ? text : `${text}: ${labelOf("signup_outcome", outcome, outcome)}`;
}
