import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Signup } from "../../api/types.ts";
import { texts } from "../../texts.ts";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import { flowLabelOf, NAME_KEY, titleOf } from "./signup-texts.ts";

const { onboarding } = texts;
const { page: words } = onboarding;

export function SignupDetails({ signup }: { signup: Signup }) {
  const times = [
    [words.created, signup.created_at],
    [words.opened, signup.opened_at],
    [words.signed, signup.signed_at],
    [words.ready, signup.ready_at],
    [words.abandoned, signup.abandoned_at],
    [words.expires, (signup.ready_at ?? signup.abandoned_at) ? null : signup.expires_at],
  ] as const;
  return (
    <aside className="details" aria-labelledby="details-title">
      <h2 id="details-title">{words.details}</h2>
      <dl>
        {signup.waba_id === null ? null : (
          <Row name={words.waba}>
            <Link to="/wabas/$wabaId" params={{ wabaId: signup.waba_id }}>
              {signup.waba_name ?? signup.waba_id}
            </Link>
          </Row>
        )}
        <Row name={words.kind}>{signup.is_repair ? words.again : words.first}</Row>
        <Row name={words.flow}>{flowLabelOf(signup)}</Row>
        {signup.external_id === null ? null : <Row name={words.reference}>{signup.external_id}</Row>}
        {times.map(([name, at]) =>
          at === null ? null : (
            <Row key={name} name={name}>
              <RelativeTime at={at} />
            </Row>
          ),
        )}
        <Row name={words.by}>{signup.created_by}</Row>
        {metadataOf(signup).map(([key, value]) => (
          <Row key={key} name={key}>
            {typeof value === "string" ? value : JSON.stringify(value)}
          </Row>
        ))}
        {Object.values(signup.return_urls).map((url) => (
          <Row key={url} name={words.returns}>
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

/** The name that stands in the head is not told twice. */
const metadataOf = (signup: Signup): [string, unknown][] =>
  Object.entries(signup.metadata).filter(([key, value]) => key !== NAME_KEY || value !== titleOf(signup));
