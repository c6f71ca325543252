import { Badge } from "@mantine/core";
import { Name } from "../../ui/Name.tsx";
import { Link } from "@tanstack/react-router";
import type { Signup } from "../../api/types.ts";
import { labelOf } from "../../labels.ts";
import { t } from "../../messages.ts";
import { Status } from "../../ui/Lamp.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import { flowLabelOf, signupLampOf, titleOf } from "./signup-texts.ts";

/** One signup: state, client, last outcome, since when. */
export function SignupRow({ signup, index }: { signup: Signup; index: number }) {
  const title = titleOf(signup);
  return (
    <li className="row-card">
      <div className="row-state">
        <Status lamp={signupLampOf(signup)} label={labelOf("signup_state", signup.state)} />
      </div>
      <div className="row-text">
        <Link
          to="/onboarding/$signupId"
          params={{ signupId: signup.id }}
          data-row={index}
          className="row-link"
        >
          <Name>{title}</Name>
        </Link>
        {signup.is_repair ? (
          <Badge component="span" title={t("onboarding.repair_hint")}>
            {t("onboarding.repair")}
          </Badge>
        ) : null}
        <span className="muted small">
          {[
            signup.waba_name === title ? null : signup.waba_name,
            flowLabelOf(signup),
            referenceOf(signup, title),
          ]
            .filter((part) => part !== null)
            .map((part, index) => (
              <span key={part}>
                {index === 0 ? "" : " · "}
                <Name>{part}</Name>
              </span>
            ))}
        </span>
        <p>
          {signup.exit_reason !== null && signup.state === "opened"
            ? labelOf("signup_outcome", signup.exit_reason.code, signup.exit_reason.title)
            : t(`onboarding.state_hints.${signup.state}`)}
        </p>
      </div>
      <dl className="row-facts">
        <div>
          <dt>{t("onboarding.created")}</dt>
          <dd>
            <RelativeTime at={signup.created_at} />
          </dd>
        </div>
        <div>
          <dt>{t("onboarding.page.attempts")}</dt>
          <dd>{signup.attempts.length}</dd>
        </div>
      </dl>
    </li>
  );
}

const referenceOf = ({ external_id }: Signup, title: string): string | null =>
  external_id === title ? null : external_id;
