import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { isEndedSignup, signupQuery } from "../../api/queries.ts";
import type { AnsweredFlow, Signup } from "../../api/types.ts";
import { useMayAct } from "../../api/useMayAct.ts";
import { t } from "../../messages.ts";
import { announce } from "../../ui/announce.ts";
import { Icon } from "../../ui/icons.tsx";
import { Lamp } from "../../ui/Lamp.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { Blocks } from "../../ui/Skeleton.tsx";
import { SignupSteps } from "./SignupSteps.tsx";
import { Successor } from "./Successor.tsx";
import { useMetaWindow, type MetaWindow } from "./useMetaWindow.ts";
import styles from "./SignupRun.module.css";
import shared from "./signup.module.css";

/**
 * One running signup: Meta's window in one click, the steps after it, and what to do after another outcome.
 */
export function SignupRun({ id }: { id: string }) {
  const query = useQuery(signupQuery(id));
  if (query.data) return <Run signup={query.data} />;
  if (query.error) return <Problem error={query.error} onRetry={() => void query.refetch()} />;
  return <Blocks count={4} height={28} />;
}

function Run({ signup }: { signup: Signup }) {
  const [answer, setAnswer] = useState<AnsweredFlow | null>(null);
  // Where the client chooses, the window of the new answer is opened, not of the earlier one.
  const launch = signup.launches === null ? signup.launch : answer && signup.launches[answer];
  const isOver = isEndedSignup(signup);
  const mayAct = useMayAct();
  const isOpenable = mayAct && !isOver;
  const meta = useMetaWindow(
    { id: signup.id, launch: isOpenable ? (launch ?? signup.launch) : null },
    answer,
  );
  useSpoken(signup);
  return (
    <div className={styles.signupRun}>
      {isOver || meta.isOpen || !signup.exit_reason || signup.offered?.to_confirm ? null : (
        <ExitReason exitReason={signup.exit_reason} />
      )}
      {meta.failure === null ? null : (
        <div className="problem" role="alert">
          <Lamp lamp="red" />
          <div>
            <p className="problem-title">{t("onboarding.run.failed_title")}</p>
            <p>{meta.failure}</p>
          </div>
        </div>
      )}
      {signup.offered && !isOver ? <Successor signup={signup} offered={signup.offered} /> : null}
      {!isOpenable ? null : <Acts signup={signup} meta={meta} answer={answer} onAnswer={setAnswer} />}
      <SignupSteps signup={signup} />
    </div>
  );
}

function ExitReason({ exitReason }: { exitReason: NonNullable<Signup["exit_reason"]> }) {
  return (
    <div className={shared.exitReason}>
      <Lamp lamp="amber" />
      <div>
        <p className="strong">{exitReason.title}</p>
        <p>{exitReason.text}</p>
      </div>
    </div>
  );
}

/** The window may be opened until Meta's part is done; after that the steps continue automatically. */
function Acts({
  signup,
  meta,
  ...question
}: {
  signup: Signup;
  meta: MetaWindow;
  answer: AnsweredFlow | null;
  onAnswer: (answer: AnsweredFlow) => void;
}) {
  if (signup.state === "signed" || signup.state === "proving") return null;
  if (signup.launch === null) return <p className="muted">{t("onboarding.run.hosted")}</p>;
  if (meta.isOpen) {
    return (
      <div className="row" role="status">
        <p>{t("onboarding.run.is_open")}</p>
        <Button onClick={meta.focus}>{t("onboarding.run.focus")}</Button>
      </div>
    );
  }
  const isLoading = meta.sdk === "loading";
  const isAsked = signup.launches !== null;
  const mayOpen = !isLoading && (!isAsked || question.answer !== null);
  return (
    <div className="signup-begin">
      {isAsked ? <Question {...question} /> : null}
      <Button variant="filled" aria-disabled={!mayOpen} onClick={() => (mayOpen ? meta.open() : undefined)}>
        {isLoading
          ? t("onboarding.run.loading")
          : signup.exit_reason
            ? t("onboarding.run.again")
            : t("onboarding.run.open")}
        {isLoading ? null : <Icon name="external" size={14} />}
      </Button>
    </div>
  );
}

/** Meta has a dialog of its own for numbers that stay in the app. */
function Question({
  answer,
  onAnswer,
}: {
  answer: AnsweredFlow | null;
  onAnswer: (answer: AnsweredFlow) => void;
}) {
  return (
    <fieldset className="choices">
      <legend>{t("onboarding.run.question")}</legend>
      {(["platform", "coexistence"] as const).map((flow) => (
        <label key={flow}>
          <input type="radio" name="flow" checked={answer === flow} onChange={() => onAnswer(flow)} />
          {t(`onboarding.run.answers.${flow}`)}
        </label>
      ))}
    </fieldset>
  );
}

/** Announces changes that come without a click. */
function useSpoken({ state, exit_reason, who_must_act }: Signup): void {
  const last = useRef({ state, exitReason: exit_reason?.at });
  useEffect(() => {
    const before = last.current;
    last.current = { state, exitReason: exit_reason?.at };
    if (state === "ready" && before.state !== "ready")
      announce(
        who_must_act === "nobody" ? t("onboarding.run.announce_ready") : t("onboarding.run.announce_left"),
      );
    else if (exit_reason && exit_reason.at !== before.exitReason) announce(exit_reason.title);
  }, [state, exit_reason, who_must_act]);
}
