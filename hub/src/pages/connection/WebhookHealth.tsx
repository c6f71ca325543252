import { Sentence } from "../../ui/Sentence.tsx";
import { Name } from "../../ui/Name.tsx";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Connection, WebhookCheck } from "../../api/types.ts";
import { texts } from "../../texts.ts";
import { Lamp } from "../../ui/Lamp.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";

const { connection: words } = texts;

/** Each of our ears: in order or not, in words, since when, and who mends it. */
export function WebhookHealth({ connection }: { connection: Connection }) {
  const { webhook_checks: webhookChecks, unheard } = connection;
  return (
    <section className="panel" aria-labelledby={`hearing-${connection.id}`}>
      <div className="section-head">
        <h2 id={`hearing-${connection.id}`}>{words.webhookHealth}</h2>
        <p className="muted small">{words.webhookHealthLead}</p>
      </div>
      <ul className="ears">
        {webhookChecks.map((webhookCheck) => (
          <WebhookCheckItem key={webhookCheck.check} webhookCheck={webhookCheck} />
        ))}
        <WebhookCheckRow isWell={unheard.count === 0} title={words.wabas} since={null}>
          {unheard.count === 0 ? (
            <p>{words.wabasWell}</p>
          ) : (
            <>
              <p>{words.wabasTroubled(unheard.count)}</p>
              <p className="muted">{words.wabasRepair}</p>
              <Unheard unheard={unheard} />
            </>
          )}
        </WebhookCheckRow>
      </ul>
    </section>
  );
}

function WebhookCheckItem({ webhookCheck }: { webhookCheck: WebhookCheck }) {
  return (
    <WebhookCheckRow
      isWell={webhookCheck.ok}
      title={words.checks[webhookCheck.check]}
      since={
        <>
          <span className="block">
            {words.since} <RelativeTime at={webhookCheck.since} focusable />
          </span>
          <span className="block">
            {words.checked} <RelativeTime at={webhookCheck.at} />
          </span>
          {webhookCheck.repaired_at ? (
            <span className="block">
              {words.repaired} <RelativeTime at={webhookCheck.repaired_at} />
            </span>
          ) : null}
        </>
      }
    >
      <p>
        <Sentence>{webhookCheck.words}</Sentence>
      </p>
      {webhookCheck.repair ? (
        <p className="muted">
          {webhookCheck.repaired_by === null ? null : (
            <strong>{words.repairedBy[webhookCheck.repaired_by]}</strong>
          )}{" "}
          {webhookCheck.repair}
        </p>
      ) : null}
    </WebhookCheckRow>
  );
}

function WebhookCheckRow(props: { isWell: boolean; title: string; since: ReactNode; children: ReactNode }) {
  return (
    <li className="ear" data-well={props.isWell}>
      <Lamp lamp={props.isWell ? "green" : "red"} />
      <h3>
        {props.title}
        <span className="vh">: {props.isWell ? words.verdicts.yes : words.verdicts.no}</span>
      </h3>
      <div className="ear-words">{props.children}</div>
      <div className="muted small ear-since">{props.since}</div>
    </li>
  );
}

function Unheard({ unheard: { count, wabas } }: { unheard: Connection["unheard"] }) {
  return (
    <ul className="unheard" aria-label={words.wabas}>
      {wabas.map((waba) => (
        <li key={waba.id}>
          <Link to="/wabas/$wabaId" params={{ wabaId: waba.id }} className="text-link">
            <Name>{waba.name}</Name>
          </Link>
        </li>
      ))}
      {count > wabas.length ? <li>{words.more(count - wabas.length)}</li> : null}
    </ul>
  );
}
