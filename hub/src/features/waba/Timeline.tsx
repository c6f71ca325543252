import { Badge } from "@mantine/core";
import { Sentence } from "../../ui/Sentence.tsx";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { sessionQuery, timelineQuery } from "../../api/queries.ts";
import type { TimelineEntry } from "../../api/types.ts";
import { labelOf } from "../../labels.ts";
import { t } from "../../messages.ts";
import { clockTimeOf, dayOf, fullTimeOf } from "../../time/format.ts";
import { Name } from "../../ui/Name.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { Blocks } from "../../ui/Skeleton.tsx";
import { MoreButton } from "../../ui/MoreButton.tsx";
import { listOf } from "../../shell/search.ts";
import type { Panels } from "./Conditions.tsx";
import { Evidence } from "./Evidence.tsx";
import { NoteForm } from "./NoteForm.tsx";
import { foldIdOf, foldsOf, type Fold } from "./timeline-folds.ts";
import styles from "./Timeline.module.css";
import shared from "./waba.module.css";

interface Opening {
  opened: string[];
  onToggle: (panel: string) => void;
}

/** Every webhook, probe, status change and command of this WABA, newest first, by day. */
export function Timeline({ wabaId, open, onToggle }: { wabaId: string } & Panels) {
  const query = useInfiniteQuery(timelineQuery(wabaId));
  const entries = query.data?.pages.flatMap((page) => page.data);
  return (
    <section id="timeline" className="panel" aria-labelledby="timeline-title">
      <div className="section-head">
        <h2 id="timeline-title">{t("waba.timeline")}</h2>
      </div>
      <NoteForm wabaId={wabaId} />
      {entries === undefined ? (
        query.error ? (
          <Problem error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <Blocks count={4} height={40} />
        )
      ) : entries.length === 0 ? (
        <p className="muted">{t("waba.timeline_empty")}</p>
      ) : (
        daysOf(entries).map(([day, ofDay]) => (
          <div key={day}>
            <h3 className={styles.day}>{day}</h3>
            <ol>
              {foldsOf(ofDay).map((fold) => (
                <FoldRow key={foldIdOf(fold)} fold={fold} opened={listOf(open)} onToggle={onToggle} />
              ))}
            </ol>
          </div>
        ))
      )}
      <MoreButton query={query}>{t("waba.older")}</MoreButton>
    </section>
  );
}

/** Neighbours of the same day together, in the order given. */
function daysOf(entries: TimelineEntry[]): [string, TimelineEntry[]][] {
  const days: [string, TimelineEntry[]][] = [];
  for (const entry of entries) {
    const day = dayOf(entry.at);
    const last = days.at(-1);
    if (last?.[0] === day) last[1].push(entry);
    else days.push([day, [entry]]);
  }
  return days;
}

function FoldRow({ fold, opened, onToggle }: { fold: Fold } & Opening) {
  const [entry, ...rest] = fold;
  const foldId = foldIdOf(fold);
  const isMany = rest.length > 0 && entry.kind === "probe";
  const isOpen = isMany && opened.includes(foldId);
  const detail = fold.find((each) => each.detail !== null)?.detail;
  return (
    <li data-part="entry" className={shared.entry} data-kind={entry.kind}>
      <span className={shared.entryDot} aria-hidden="true" />
      <div className={shared.entryText}>
        <p className={shared.entryTitle}>
          <Sentence>{entry.title}</Sentence>
        </p>
        {detail ? (
          <p>
            <Sentence>{detail}</Sentence>
          </p>
        ) : null}
        {isMany ? (
          <p className={`muted small ${shared.entryFoot}`}>
            <Badge component="span">{t("waba.probes", { checks: fold.length })}</Badge>
            <button
              type="button"
              className="text-button"
              aria-expanded={isOpen}
              aria-controls={foldId}
              onClick={() => onToggle(foldId)}
            >
              {isOpen ? t("waba.fold_again") : t("waba.unfold")}
            </button>
          </p>
        ) : (
          <EntryFoot entry={rest.at(-1) ?? entry} opened={opened} onToggle={onToggle} />
        )}
        {isOpen ? (
          <ol id={foldId} className={shared.entryProbes}>
            {fold.map((probe) => (
              <li key={probe.id}>
                <ClockTime at={probe.at} />
                <EntryFoot entry={probe} opened={opened} onToggle={onToggle} />
              </li>
            ))}
          </ol>
        ) : null}
      </div>
      <span className={`muted small ${styles.entryAt}`}>
        {isMany ? (
          <>
            <ClockTime at={(rest.at(-1) ?? entry).at} /> –{" "}
          </>
        ) : null}
        <ClockTime at={entry.at} />
      </span>
    </li>
  );
}

const ClockTime = ({ at }: { at: string }) => (
  <time dateTime={at} title={fullTimeOf(at)}>
    {clockTimeOf(at)}
  </time>
);

/** Sources that need no mention, because the kind of the entry implies them. */
const OBVIOUS_SOURCES = new Set(["system", "probe"]);
const OBVIOUS_ACTORS = new Set(["system", "meta"]);

/** What kind of entry it is, where it came from, who did it, and the evidence one click away. */
function EntryFoot({ entry, opened, onToggle }: { entry: TimelineEntry } & Opening) {
  const isOpen = opened.includes(entry.id);
  const panelId = `evidence-${entry.id}`;
  return (
    <>
      <p className={`muted small ${shared.entryFoot}`}>
        <Badge component="span">{labelOf("timeline_kind", entry.kind)}</Badge>
        {OBVIOUS_SOURCES.has(entry.source) ? null : <span>{labelOf("source", entry.source)}</span>}
        {OBVIOUS_ACTORS.has(entry.actor) ? null : (
          <span>
            {t("waba.by")} <Actor id={entry.actor} />
          </span>
        )}
        {entry.evidence || entry.request_id ? (
          <button
            type="button"
            className="text-button"
            aria-expanded={isOpen}
            aria-controls={panelId}
            onClick={() => onToggle(entry.id)}
          >
            {t("waba.evidence")}
          </button>
        ) : null}
      </p>
      {isOpen ? <Evidence id={panelId} entry={entry} /> : null}
    </>
  );
}

/** Entries of the signed-in person carry the name that the dialogs announced. */
function Actor({ id }: { id: string }) {
  const actor = useQuery(sessionQuery).data?.actor;
  return <Name>{actor?.id === id ? actor.name : id}</Name>;
}
