import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Signup } from "../../api/types.ts";
import { labelOf } from "../../labels.ts";
import { t } from "../../messages.ts";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import { flowLabelOf, NAME_KEY, titleOf } from "./signup-texts.ts";

export function SignupDetails({ signup }: { signup: Signup }) {
  const times = [
    [t("onboarding.page.created"), signup.created_at],
    [t("onboarding.page.opened"), signup.opened_at],
    [t("onboarding.page.signed"), signup.signed_at],
    [labelOf("signup_state", "ready"), signup.ready_at],
    [labelOf("signup_state", "abandoned"), signup.abandoned_at],
    [t("onboarding.page.expires"), (signup.ready_at ?? signup.abandoned_at) ? null : signup.expires_at],
  ] as const;
  return (
    <aside className="details" aria-labelledby="details-title">
      <h2 id="details-title">{t("onboarding.page.details")}</h2>
      <dl>
        {signup.waba_id === null ? null : (
          <Row name={t("onboarding.page.waba")}>
            <Link to="/wabas/$wabaId" params={{ wabaId: signup.waba_id }}>
              {signup.waba_name ?? signup.waba_id}
            </Link>
          </Row>
        )}
        <Row name={t("onboarding.page.kind")}>
          {signup.is_repair ? t("onboarding.page.again") : t("onboarding.page.first")}
        </Row>
        <Row name={t("onboarding.page.flow")}>{flowLabelOf(signup)}</Row>
        {signup.external_id === null ? null : (
          <Row name={t("onboarding.page.reference")}>{signup.external_id}</Row>
        )}
        {times.map(([name, at]) =>
          at === null ? null : (
            <Row key={name} name={name}>
              <RelativeTime at={at} />
            </Row>
          ),
        )}
        <Row name={t("onboarding.page.by")}>{signup.created_by}</Row>
        {metadataOf(signup).map(([key, value]) => (
          <Row key={key} name={key}>
            {typeof value === "string" ? value : JSON.stringify(value)}
          </Row>
        ))}
        {Object.values(signup.return_urls).map((url) => (
          <Row key={url} name={t("onboarding.page.returns")}>
            {url}
          </Row>
        ))}
      </dl>
    </aside>
  );
}

function Row({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="breakable">{children}</dd>
    </div>
  );
}

/** Without the name, which the page's head shows. */
const metadataOf = (signup: Signup): [string, unknown][] =>
  Object.entries(signup.metadata).filter(([key, value]) => key !== NAME_KEY || value !== titleOf(signup));
