import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import type { Method, Recovery, Step } from "../../api/types.ts";
import { t } from "../../messages.ts";
import { CopyButton } from "../../ui/Copy.tsx";
import { Icon } from "../../ui/icons.tsx";
import styles from "./RecoveryPanel.module.css";

/** How to fix the loss: possible methods as steps, impossible ones with the reason. */
export function RecoveryPanel({
  id,
  recovery,
  title = t("waba.recovery"),
  way,
  onWay,
  actOf,
}: {
  id: string;
  recovery: Recovery;
  title?: string;
  way?: string | undefined;
  onWay?: (way: string) => void;
  /** Actions for a method, below its steps. */
  actOf?: (method: Method) => ReactNode;
}) {
  const possible = recovery.methods.filter((method) => method.available);
  const impossible = recovery.methods.filter((method) => !method.available);
  const chosen = possible.find((method) => method.method === way) ?? possible[0];
  return (
    <section id={id} className="panel" aria-labelledby={`${id}-title`}>
      <div className="section-head">
        <h2 id={`${id}-title`}>{title}</h2>
        {chosen?.steps.some((step) => step.condition) ? (
          <p className="muted small">{t("waba.recovery_lead")}</p>
        ) : null}
      </div>
      {possible.length > 1 && onWay ? (
        <div className={`views ${styles.ways}`} role="group" aria-label={title}>
          {possible.map((method) => (
            <button
              key={method.method}
              type="button"
              className="view"
              aria-pressed={method === chosen}
              onClick={() => onWay(method.method)}
            >
              {method.label}
            </button>
          ))}
        </div>
      ) : null}
      {chosen ? <Steps method={chosen} titled={possible.length === 1 || !onWay} /> : null}
      {chosen ? actOf?.(chosen) : null}
      {impossible.length > 0 ? (
        <dl className={styles.whyNot}>
          {impossible.map((method) => (
            <div key={method.method}>
              <dt>
                {method.label} <span className="muted">· {t("waba.not_possible")}</span>
              </dt>
              <dd>{method.why_not}</dd>
            </div>
          ))}
        </dl>
      ) : null}
    </section>
  );
}

function Steps({ method, titled }: { method: Method; titled: boolean }) {
  const nextOpen = method.steps.find((step) => !step.done);
  return (
    <>
      {titled ? <h3>{method.label}</h3> : null}
      {method.path ? (
        <p data-part="path" className={`muted ${styles.path}`}>
          {method.path}
        </p>
      ) : null}
      <ol className="steps">
        {method.steps.map((step, index) => (
          <StepRow
            key={step.id}
            step={step}
            place={index + 1}
            isNext={step === nextOpen}
            isLast={index === method.steps.length - 1}
            isOver={nextOpen === undefined}
          />
        ))}
      </ol>
    </>
  );
}

interface StepProps {
  step: Step;
  place: number;
  isNext: boolean;
  isLast: boolean;
  /**
   * Every step is done: nothing to open or copy any more. A done step among open ones keeps its link, people
   * go back to it.
   */
  isOver: boolean;
}

function StepRow({ step, place, isNext, isLast, isOver }: StepProps) {
  // Only where nothing else is left to do: on the first step the text would be noise.
  const isAwaited = isNext && isLast && step.condition !== undefined;
  return (
    <li className="step" data-done={step.done} data-next={isNext} aria-current={isNext ? "step" : undefined}>
      <span className="step-place" aria-hidden="true">
        {step.done ? <Icon name="check" size={14} /> : place}
      </span>
      <div className="step-text">
        <p>
          {step.text}
          <span className="vh">, {step.done ? t("waba.step_done") : t("waba.step_open")}</span>
        </p>
        {isAwaited ? <p className="muted small">{t("waba.waiting")}</p> : null}
        {!isOver && (step.copy || step.href) ? (
          <div className="row">
            {step.copy ? (
              <>
                <code className="copy-value">{step.copy}</code>
                <CopyButton value={step.copy} what={step.copy} />
              </>
            ) : null}
            {step.href ? (
              <Button component="a" href={step.href} target="_blank" rel="noopener noreferrer">
                {t("waba.open_step")}
                <Icon name="external" size={14} />
                <span className="vh">{t("opens_new_tab")}</span>
              </Button>
            ) : null}
          </div>
        ) : null}
      </div>
    </li>
  );
}
