import type { Signup } from "../../api/types.ts";
import { outcomeLabelOf, screenLabelOf } from "../../onboarding-texts.ts";
import { texts } from "../../texts.ts";
import { durationOf } from "../../time/format.ts";
import { RelativeTime } from "../../ui/RelativeTime.tsx";

const { page: strings, attemptsShort } = texts.onboarding;

/** Each opening of Meta's window: when, outcome, last screen, duration. */
export function Attempts({ attempts }: { attempts: Signup["attempts"] }) {
  return (
    <section className="panel" aria-labelledby="attempts-title">
      <div className="section-head">
        <h2 id="attempts-title">
          {strings.attempts}{" "}
          <span className="count" aria-label={attemptsShort(attempts.length)}>
            {attempts.length}
          </span>
        </h2>
        <p className="muted small">{strings.attemptsLead}</p>
      </div>
      {attempts.length === 0 ? (
        <p className="muted">{strings.attemptsNone}</p>
      ) : (
        <table className="keys attempts">
          <thead>
            <tr>
              <th scope="col">{strings.outcome}</th>
              <th scope="col">{strings.screen}</th>
              <th scope="col">{strings.took}</th>
              <th scope="col">{strings.begun}</th>
            </tr>
          </thead>
          <tbody>
            {attempts.map((attempt) => (
              <AttemptRow key={attempt.id} attempt={attempt} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function AttemptRow({ attempt }: { attempt: Signup["attempts"][number] }) {
  return (
    <tr>
      <td>
        {attempt.outcome === null
          ? strings.stillOpen
          : outcomeLabelOf(attempt.outcome, attempt.title ?? attempt.outcome)}
        {attempt.words ? <span className="muted small block">{attempt.words}</span> : null}
      </td>
      <td>
        <span className="cell-name">{strings.screen}</span>
        {attempt.step === null ? <span className="muted">–</span> : screenLabelOf(attempt.step)}
      </td>
      <td>
        <span className="cell-name">{strings.took}</span>
        {attempt.ended_at === null ? (
          <span className="muted">–</span>
        ) : (
          durationOf(Math.max(0, (Date.parse(attempt.ended_at) - Date.parse(attempt.begun_at)) / 1000))
        )}
      </td>
      <td>
        <span className="cell-name">{strings.begun}</span>
        <RelativeTime at={attempt.begun_at} />
      </td>
    </tr>
  );
}
