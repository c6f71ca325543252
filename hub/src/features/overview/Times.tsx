import { useQuery } from "@tanstack/react-query";
import { figuresQuery } from "../../api/queries.ts";
import type { Figures } from "../../api/types.ts";
import { t } from "../../messages.ts";
import { Problem } from "../../ui/Problem.tsx";
import { Bar } from "../../ui/Skeleton.tsx";
import { durationOf } from "../../time/duration.ts";
import { TimeChart, type Series } from "./TimeChart.tsx";
import styles from "./Times.module.css";

/** How long losses took to be found, and repairs to be seen. */
export function Times() {
  const query = useQuery(figuresQuery);
  const figures = query.data;
  if (!figures && query.error) return <Problem error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <section aria-labelledby="times-title" aria-busy={figures === undefined}>
      <div className="section-head">
        <h2 id="times-title">{t("times.title")}</h2>
        <p className="muted small">
          {t("times.lead")} {figures ? proofWordsOf(figures) : null}
        </p>
      </div>
      <div className={styles.times}>
        {figures ? (
          <>
            <Detection detection={figures.detection} falseCloses={figures.false_closes} />
            <Resume resume={figures.resume} />
          </>
        ) : (
          [0, 1].map((index) => (
            <div key={index} className={styles.timeCard}>
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
  return t("times.oldest_proof", { age: durationOf(Math.max(1, Math.ceil(oldest_proof_age_s)) * 1000) });
}

const seriesOf = (
  labels: "detection_of" | "resume_of",
  figures: Pick<Figures["resume"], "announced" | "probed">,
): Series[] => [
  { name: "announced", label: t(`times.${labels}.announced`), distribution: figures.announced },
  { name: "probed", label: t(`times.${labels}.probed`), distribution: figures.probed },
];

function Detection({ detection, falseCloses }: { detection: Figures["detection"]; falseCloses: number }) {
  const { announced, probed, probed_without_bound: unbounded } = detection;
  const title = t("times.detection");
  if (announced.count + probed.count + unbounded === 0)
    return <Nothing title={title} text={t("times.no_loss")} detail={t("times.no_loss_detail")} />;
  return (
    <div className={styles.timeCard}>
      <h3>{title}</h3>
      <TimeChart title={title} series={seriesOf("detection_of", detection)} />
      <p className="muted small">
        {t("times.false_closes", { count: falseCloses })}{" "}
        {unbounded > 0 ? t("times.no_bound", { count: unbounded }) : null}
      </p>
    </div>
  );
}

function Resume({ resume }: { resume: Figures["resume"] }) {
  const title = t("times.resume");
  if (resume.announced.count + resume.probed.count === 0)
    return <Nothing title={title} text={t("times.no_repair")} detail={t("times.no_repair_detail")} />;
  return (
    <div className={styles.timeCard}>
      <h3>{title}</h3>
      <TimeChart title={title} series={seriesOf("resume_of", resume)} />
    </div>
  );
}

function Nothing({ title, text, detail }: { title: string; text: string; detail: string }) {
  return (
    <div className={styles.timeCard}>
      <h3>{title}</h3>
      <div className={styles.timeNothing}>
        <p>{text}</p>
        <p className="muted small">{detail}</p>
      </div>
    </div>
  );
}
