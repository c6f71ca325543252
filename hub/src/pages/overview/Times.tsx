import { useQuery } from "@tanstack/react-query";
import { figuresQuery } from "../../api/queries.ts";
import type { Figures } from "../../api/types.ts";
import { texts } from "../../texts.ts";
import { Problem } from "../../ui/Problem.tsx";
import { Bar } from "../../ui/Skeleton.tsx";
import { durationOf } from "./duration.ts";
import { TimeChart, type Series } from "./TimeChart.tsx";

/** How long losses took to be found, and repairs to be seen. */
export function Times() {
  const query = useQuery(figuresQuery);
  const figures = query.data;
  if (!figures && query.error) return <Problem error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <section aria-labelledby="times-title" aria-busy={figures === undefined}>
      <div className="section-head">
        <h2 id="times-title">{texts.times.title}</h2>
        <p className="muted small">
          {texts.times.lead} {figures ? proofWordsOf(figures) : null}
        </p>
      </div>
      <div className="times">
        {figures ? (
          <>
            <Detection detection={figures.detection} falseCloses={figures.false_closes} />
            <Resume resume={figures.resume} />
          </>
        ) : (
          [0, 1].map((index) => (
            <div key={index} className="time-card">
              <Bar width={210} />
              <Bar width={260} height={104} />
            </div>
          ))
        )}
      </div>
    </section>
  );
}

function proofWordsOf({ oldest_proof_age_s }: Figures): string | null {
  if (oldest_proof_age_s === null) return null;
  return texts.times.oldestProof(durationOf(Math.max(1, Math.ceil(oldest_proof_age_s)) * 1000));
}

const seriesOf = (
  labels: { announced: string; probed: string },
  figures: Pick<Figures["resume"], "announced" | "probed">,
): Series[] => [
  { name: "announced", label: labels.announced, distribution: figures.announced },
  { name: "probed", label: labels.probed, distribution: figures.probed },
];

function Detection({ detection, falseCloses }: { detection: Figures["detection"]; falseCloses: number }) {
  const { announced, probed, probed_without_bound: unbounded } = detection;
  const title = texts.times.detection;
  if (announced.count + probed.count + unbounded === 0)
    return <Nothing title={title} text={texts.times.noLoss} detail={texts.times.noLossDetail} />;
  return (
    <div className="time-card">
      <h3>{title}</h3>
      <TimeChart title={title} series={seriesOf(texts.times.detectionOf, detection)} />
      <p className="muted small">
        {texts.times.falseCloses(falseCloses)} {unbounded > 0 ? texts.times.noBound(unbounded) : null}
      </p>
    </div>
  );
}

function Resume({ resume }: { resume: Figures["resume"] }) {
  const title = texts.times.resume;
  if (resume.announced.count + resume.probed.count === 0)
    return <Nothing title={title} text={texts.times.noRepair} detail={texts.times.noRepairDetail} />;
  return (
    <div className="time-card">
      <h3>{title}</h3>
      <TimeChart title={title} series={seriesOf(texts.times.resumeOf, resume)} />
    </div>
  );
}

function Nothing({ title, text, detail }: { title: string; text: string; detail: string }) {
  return (
    <div className="time-card">
      <h3>{title}</h3>
      <div className="time-nothing">
        <p>{text}</p>
        <p className="muted small">{detail}</p>
      </div>
    </div>
  );
}
