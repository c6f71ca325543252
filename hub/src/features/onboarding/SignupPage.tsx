import { Button } from "@mantine/core";
import { Name } from "../../ui/Name.tsx";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { abandonSignupMutation } from "../../api/generated/@tanstack/react-query.gen.ts";
import { isEndedSignup, signupQuery } from "../../api/queries.ts";
import type { Signup } from "../../api/types.ts";
import { useMayAct } from "../../api/useMayAct.ts";
import { labelOf } from "../../labels.ts";
import { t } from "../../messages.ts";
import { ConfirmDialog } from "../../ui/ConfirmDialog.tsx";
import { CopyId } from "../../ui/Copy.tsx";
import { Icon } from "../../ui/icons.tsx";
import { Status } from "../../ui/Lamp.tsx";
import { PageSkeleton } from "../../ui/Skeleton.tsx";
import { useTitle } from "../../ui/useTitle.ts";
import { LoadFailure } from "../../ui/Failures.tsx";
import { SignupRun } from "../signup/SignupRun.tsx";
import { Attempts } from "./Attempts.tsx";
import { InvitationActs } from "./InvitationActs.tsx";
import { SignupDetails } from "./SignupDetails.tsx";
import { signupHintOf, signupLampOf, titleOf } from "./signup-texts.ts";

const route = getRouteApi("/shell/onboarding/$signupId");

/** One signup: how far it is, how each attempt ended, and what an operator can do about it. */
export function SignupPage() {
  const { signupId: id } = route.useParams();
  const query = useQuery(signupQuery(id));
  useTitle(query.data ? titleOf(query.data) : t("onboarding.title"));
  if (!query.data) {
    if (!query.error) return <PageSkeleton breadcrumb={<Crumb />} blocks={2} height={220} />;
    return (
      <LoadFailure
        error={query.error}
        onRetry={() => void query.refetch()}
        absentTitle={t("onboarding.page.not_found_title", { id })}
        absentDetail={t("onboarding.page.not_found_detail")}
      />
    );
  }
  const signup = query.data;
  return (
    <div className="page">
      <Crumb />
      <Head signup={signup} />
      <div className="columns">
        <div className="column-main">
          <section className="panel" aria-labelledby="progress-title">
            <h2 id="progress-title">{t("onboarding.page.progress")}</h2>
            <SignupRun id={signup.id} />
          </section>
          <Attempts attempts={signup.attempts} />
        </div>
        <SignupDetails signup={signup} />
      </div>
    </div>
  );
}

function Crumb() {
  return (
    <div className="breadcrumb">
      <Link to="/onboarding" className="crumb">
        <Icon name="left" size={14} />
        {t("onboarding.page.crumb")}
      </Link>
    </div>
  );
}

function Head({ signup }: { signup: Signup }) {
  const isOver = isEndedSignup(signup);
  const mayAct = useMayAct();
  return (
    <header className="waba-head" data-lamp={signupLampOf(signup)}>
      <div className="waba-head-text">
        <Status lamp={signupLampOf(signup)} label={labelOf("signup_state", signup.state)} size={20} />
        <h1>
          <Name>{titleOf(signup)}</Name>
        </h1>
        <p className="waba-sub">
          <CopyId value={signup.id} what={t("onboarding.page.id")} />
        </p>
      </div>
      {isOver ? null : (
        <div className="row waba-actions">
          {!signup.has_invitation_link ? null : mayAct ? (
            <InvitationActs signup={signup} />
          ) : (
            <p className="muted small">{t("onboarding.page.link_exists")}</p>
          )}
          {mayAct ? <Abandon signupId={signup.id} /> : null}
        </div>
      )}
      <p className="waba-summary">{signupHintOf(signup)}</p>
    </header>
  );
}

function Abandon({ signupId }: { signupId: string }) {
  const queries = useQueryClient();
  const [isAsking, setAsking] = useState(false);
  const abandon = useMutation({
    ...abandonSignupMutation(),
    onSuccess(fresh) {
      queries.setQueryData(signupQuery(signupId).queryKey, fresh);
      setAsking(false);
    },
  });
  return (
    <>
      <Button onClick={() => setAsking(true)}>{t("onboarding.page.abandon")}</Button>
      {isAsking ? (
        <ConfirmDialog
          title={t("onboarding.page.abandon_title")}
          confirm={t("onboarding.page.abandon_confirm")}
          tone="danger"
          isSending={abandon.isPending}
          error={abandon.error}
          onConfirm={() => abandon.mutate({ path: { id: signupId } })}
          onClose={() => setAsking(false)}
        >
          <p>{t("onboarding.page.abandon_detail")}</p>
        </ConfirmDialog>
      ) : null}
    </>
  );
}
