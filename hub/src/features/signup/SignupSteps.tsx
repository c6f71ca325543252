import type { ReactNode } from "react";
import type { Signup, SignupStep } from "../../api/types.ts";
import { useMayAct } from "../../api/useMayAct.ts";
import { labelOf } from "../../labels.ts";
import { t } from "../../messages.ts";
import { Icon } from "../../ui/icons.tsx";
import { Lamp } from "../../ui/Lamp.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import { PinForm } from "./PinForm.tsx";
import styles from "./SignupSteps.module.css";

/** The steps after Meta's window, ticked live. A skipped step says so, and a failed one says why. */
export function SignupSteps({ signup }: { signup: Signup }) {
  const next = signup.steps.find(({ status }) => status === "open" || status === "waiting");
  return (
    <ol className="steps signup-steps" aria-label={t("onboarding.run.steps")}>
      {signup.steps.map((step, index) => (
        <Step
          key={step.id}
          step={step}
          place={index + 1}
          signup={signup}
          isNext={step === next && signup.signed_at !== null}
        />
      ))}
    </ol>
  );
}

function Step(props: { step: SignupStep; place: number; signup: Signup; isNext: boolean }) {
  const { step, signup, isNext } = props;
  return (
    <li
      className="step"
      data-done={step.status === "done"}
      data-status={step.status}
      data-next={isNext}
      aria-current={isNext ? "step" : undefined}
    >
      <span className="step-place" aria-hidden="true">
        <Mark status={step.status} place={props.place} />
      </span>
      <div className="step-text">
        <p>
          {step.text}
          <span className="vh">, {labelOf("signup_step_status", step.status)}</span>
          <EndedAt step={step} />
        </p>
        {step.status === "waiting" ? (
          <p className="muted small">
            {step.pins_wanted.length > 0 ? t("onboarding.run.waiting_pin") : t("onboarding.run.waiting_meta")}
          </p>
        ) : null}
        {step.meta_message ? <p className={`small ${styles.stepSaid}`}>{step.meta_message}</p> : null}
        {step.again_at ? (
          <p className="muted small">
            {t("onboarding.run.again_at")} <RelativeTime at={step.again_at} />
          </p>
        ) : null}
        <PinForms step={step} signup={signup} />
      </div>
    </li>
  );
}

function Mark({ status, place }: { status: SignupStep["status"]; place: number }): ReactNode {
  if (status === "done") return <Icon name="check" size={14} />;
  if (status === "failed") return <Lamp lamp="red" />;
  return status === "skipped" ? "–" : place;
}

function EndedAt({ step: { status, at } }: { step: SignupStep }) {
  if (at === null || (status !== "done" && status !== "skipped")) return null;
  return (
    <span className={`muted small ${styles.stepAt}`}>
      {status === "skipped" ? labelOf("signup_step_status", status) : <RelativeTime at={at} />}
    </span>
  );
}

function PinForms({ step, signup }: { step: SignupStep; signup: Signup }) {
  const mayAct = useMayAct();
  if (!mayAct) return null;
  return step.pins_wanted.map((number) => (
    <PinForm key={number.phone_number_id} signup={signup} number={number} />
  ));
}
