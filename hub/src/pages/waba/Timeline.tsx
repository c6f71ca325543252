import { useInfiniteQuery } from "@tanstack/react-query";
import { timelineQuery } from "../../api/queries.ts";
import type { TimelineEntry } from "../../api/types.ts";
import { clockTimeOf, dayOf } from "../../time/format.ts";
import { sentenceOf, sourceLabels, texts, timelineKindLabels } from "../../texts.ts";
import { CopyButton, CopyId } from "../../ui/Copy.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import { Blocks } from "../../ui/Skeleton.tsx";
import { listOf } from "../search.ts";
import type { Panels } from "./Conditions.tsx";

/** Everything that was heard, seen, decided and done about this WABA, newest first, by day. */
export function Timeline({ wabaId, open, onToggle }: { wabaId: string } & Panels) {
  const query = useInfiniteQuery(timelineQuery(wabaId));
  const entries = query.data?.pages.flatMap((page) => page.data);
  const opened = listOf(open);
  return (
    <section id="timeline" className="panel" aria-labelledby="timeline-title">
      <div className="section-head">
        <h2 id="timeline-title">{texts.waba.timeline}</h2>
      </div>
      {entries === undefined ? (
        query.error ? (
          <Problem error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <Blocks count={4} height={40} />
        )
      ) : entries.length === 0 ? (
        <p className="muted">{texts.waba.timelineEmpty}</p>
      ) : (
        daysOf(entries).map(([day, ofDay]) => (
          <div key={day}>
            <h3 className="day">{day}</h3>
            <ol className="timeline">
              {ofDay.map((entry) => (
                <Entry
                  key={entry.id}
                  entry={entry}
                  isOpen={opened.includes(entry.id)}
                  onToggle={() => onToggle(entry.id)}
                />
              ))}
            </ol>
          </div>
        ))
      )}
      {query.hasNextPage ? (
        <button
          type="button"
          className="button"
          disabled={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {texts.waba.older}
        </button>
      ) : null}
    </section>
  );
}

/** Neighbours of the same day together, in the order given. */
export function daysOf(entries: TimelineEntry[]): [string, TimelineEntry[]][] {
  const days: [string, TimelineEntry[]][] = [];
  for (const entry of entries) {
    const day = dayOf(entry.at);
    const last = days.at(-1);
    if (last?.[0] === day) last[1].push(entry);
    else days.push([day, [entry]]);
  }
  return days;
}

function Entry({ entry, isOpen, onToggle }: { entry: TimelineEntry; isOpen: boolean; onToggle: () => void }) {
  const panelId = `evidence-${entry.id}`;
  return (
    <li className="entry" data-kind={entry.kind}>
      <span className="entry-dot" aria-hidden="true" />
      <div className="entry-words">
        <p className="entry-title">{entry.title}</p>
        {entry.detail ? <p>{entry.detail}</p> : null}
        <p className="muted small entry-foot">
          <span className="tag">{timelineKindLabels[entry.kind] ?? sentenceOf(entry.kind)}</span>
          <span>{sourceLabels[entry.source] ?? sentenceOf(entry.source)}</span>
          {entry.actor && entry.actor !== "system" ? (
            <span>
              {texts.waba.by} {entry.actor}
            </span>
          ) : null}
          {entry.evidence || entry.request_id ? (
            <button
              type="button"
              className="text-button"
              aria-expanded={isOpen}
              aria-controls={panelId}
              onClick={onToggle}
            >
              {texts.waba.evidence}
            </button>
          ) : null}
        </p>
        {isOpen ? <Evidence id={panelId} entry={entry} /> : null}
      </div>
      <span className="muted small entry-at">
        {clockTimeOf(entry.at)}
        <span className="entry-ago">
          <RelativeTime at={entry.at} />
        </span>
      </span>
    </li>
  );
}

function Evidence({ id, entry }: { id: string; entry: TimelineEntry }) {
  const raw = entry.evidence ? JSON.stringify(entry.evidence, null, 2) : null;
  return (
    <div id={id} className="evidence-box">
      {raw ? (
        // Long lines scroll sideways; a keyboard must be able to reach that.
        <pre className="evidence" tabIndex={0}>
          {raw}
        </pre>
      ) : (
        <p className="muted">{texts.waba.evidenceEmpty}</p>
      )}
      <div className="row">
        {raw ? <CopyButton value={raw} what={texts.things.evidence} /> : null}
        {entry.request_id ? (
          <span className="muted small">
            {texts.problem.request} <CopyId value={entry.request_id} what={texts.things.requestId} />
          </span>
        ) : null}
      </div>
    </div>
  );
}
