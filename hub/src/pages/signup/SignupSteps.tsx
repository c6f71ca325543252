import type { Signup, SignupStep } from "../../api/types.ts";
import { useMayAct } from "../../api/useMayAct.ts";
import { t } from "../../messages.ts";
import { Icon } from "../../ui/icons.tsx";
import { Lamp } from "../../ui/Lamp.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import { PinForm } from "./PinForm.tsx";

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

function Step({
  step,
  place,
  signup,
  isNext,
}: {
  step: SignupStep;
  place: number;
  signup: Signup;
  isNext: boolean;
}) {
  const mayAct = useMayAct();
  const isOver = step.status === "done" || step.status === "skipped";
  return (
    <li
      className="step"
      data-done={step.status === "done"}
      data-status={step.status}
      data-next={isNext}
      aria-current={isNext ? "step" : undefined}
    >
      <span className="step-place" aria-hidden="true">
        {step.status === "done" ? (
          <Icon name="check" size={14} />
        ) : step.status === "failed" ? (
          <Lamp lamp="red" />
        ) : step.status === "skipped" ? (
          "–"
        ) : (
          place
        )}
      </span>
      <div className="step-text">
        <p>
          {step.text}
          <span className="vh">, {t(`onboarding.run.status.${step.status}`)}</span>
          {isOver && step.at ? (
            <span className="muted small step-at">
              {step.status === "skipped" ? t("onboarding.run.status.skipped") : <RelativeTime at={step.at} />}
            </span>
          ) : null}
        </p>
        {step.status === "waiting" ? (
          <p className="muted small waiting">
            {step.pins_wanted.length > 0 ? t("onboarding.run.waiting_pin") : t("onboarding.run.waiting_meta")}
          </p>
        ) : null}
        {step.words ? <p className="small step-said">{step.words}</p> : null}
        {step.again_at ? (
          <p className="muted small">
            {t("onboarding.run.again_at")} <RelativeTime at={step.again_at} />
          </p>
        ) : null}
        {mayAct
          ? step.pins_wanted.map((number) => (
              <PinForm key={number.phone_number_id} signup={signup} number={number} />
            ))
          : null}
      </div>
    </li>
  );
}
