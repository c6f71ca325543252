import { Sentence } from "../../ui/Sentence.tsx";
import { Name } from "../../ui/Name.tsx";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Connection, Ear } from "../../api/types.ts";
import { texts } from "../../texts.ts";
import { Lamp } from "../../ui/Lamp.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";

const { connection: words } = texts;

/** Each of our ears: in order or not, in words, since when, and who mends it. */
export function Hearing({ connection }: { connection: Connection }) {
  const { ears, unheard } = connection;
  return (
    <section className="panel" aria-labelledby={`hearing-${connection.id}`}>
      <div className="section-head">
        <h2 id={`hearing-${connection.id}`}>{words.hearing}</h2>
        <p className="muted small">{words.hearingLead}</p>
      </div>
      <ul className="ears">
        {ears.map((ear) => (
          <EarItem key={ear.check} ear={ear} />
        ))}
        <EarRow isWell={unheard.count === 0} title={words.wabas} since={null}>
          {unheard.count === 0 ? (
            <p>{words.wabasWell}</p>
          ) : (
            <>
              <p>{words.wabasTroubled(unheard.count)}</p>
              <p className="muted">{words.wabasMend}</p>
              <Unheard unheard={unheard} />
            </>
          )}
        </EarRow>
      </ul>
    </section>
  );
}

function EarItem({ ear }: { ear: Ear }) {
  return (
    <EarRow
      isWell={ear.ok}
      title={words.checks[ear.check]}
      since={
        <>
          <span className="block">
            {words.since} <RelativeTime at={ear.since} focusable />
          </span>
          <span className="block">
            {words.checked} <RelativeTime at={ear.at} />
          </span>
          {ear.mended_at ? (
            <span className="block">
              {words.mended} <RelativeTime at={ear.mended_at} />
            </span>
          ) : null}
        </>
      }
    >
      <p>
        <Sentence>{ear.words}</Sentence>
      </p>
      {ear.mend ? (
        <p className="muted">
          {ear.mended_by === null ? null : <strong>{words.mendedBy[ear.mended_by]}</strong>} {ear.mend}
        </p>
      ) : null}
    </EarRow>
  );
}

function EarRow(props: { isWell: boolean; title: string; since: ReactNode; children: ReactNode }) {
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
