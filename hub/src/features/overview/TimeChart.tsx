import type { Distribution } from "../../api/types.ts";
import { t } from "../../messages.ts";
import { durationOf } from "../../time/duration.ts";
import styles from "./TimeChart.module.css";

/** One series of the chart: losses with a known start, or with a bound only. */
export interface Series {
  name: "announced" | "probed";
  label: string;
  distribution: Distribution;
}

const WIDTH = 480;
const HEIGHT = 64;
const GAP = 4;
/** The least height of a bar: a small count must be visible beside a thousand. */
const LEAST = 4;
/** Bounds labelled under the line, in ms. */
const TICKS = [1_000, 15_000, 300_000, 3_600_000, 86_400_000];

/**
 * Durations as bars, as text, and as a table: the text and the table carry the meaning, the bars only the
 * shape.
 */
export function TimeChart({ title, series }: { title: string; series: Series[] }) {
  const measured = series.filter(({ distribution }) => distribution.count > 0);
  return (
    <>
      <Bars title={title} series={series} />
      <ul className={styles.timeText}>
        {measured.map((part) => (
          <li key={part.name}>
            <span className={styles.timeSwatch} data-series={part.name} aria-hidden="true" />
            <span>
              <strong>{part.distribution.count.toLocaleString()}</strong> {part.label}: {textOf(part)}
            </span>
          </li>
        ))}
      </ul>
      <details className={styles.timeTable}>
        <summary>{t("times.as_table")}</summary>
        <Table title={title} series={measured} />
        <p className="muted small">{t("times.honest")}</p>
      </details>
    </>
  );
}

function textOf({ name, distribution: { count, p50_ms, p99_ms } }: Series): string {
  const median = durationOf(p50_ms ?? 0);
  const most = durationOf(p99_ms ?? 0);
  if (count === 1) return name === "probed" ? t("times.at_most", { time: most }) : most;
  // The 99th of fewer than a hundred is the longest.
  if (count < 100)
    return median === most
      ? t("times.at_most", { time: most })
      : t("times.median_max", { median, max: most });
  return t("times.many", { median, p99: most });
}

function Bars({ title, series }: { title: string; series: Series[] }) {
  const bounds = series[0]?.distribution.buckets.map((bucket) => bucket.up_to_ms) ?? [];
  const totals = bounds.map((_, index) => sumOf(series, index));
  const most = Math.max(1, ...totals);
  const step = WIDTH / Math.max(1, bounds.length);
  return (
    <svg
      className={styles.timeBars}
      viewBox={`0 0 ${WIDTH} ${HEIGHT + 26}`}
      role="img"
      aria-label={`${title}. ${series.map((part) => `${part.label}: ${part.distribution.count}`).join(", ")}`}
    >
      {bounds.map((bound, index) => {
        let top = HEIGHT;
        return (
          <g key={bound ?? "over"}>
            {series.map(({ name, distribution }) => {
              const count = distribution.buckets[index]?.count ?? 0;
              if (count === 0) return null;
              const height = Math.max(LEAST, (count / most) * (HEIGHT - 2 * LEAST));
              top -= height;
              return (
                <rect
                  key={name}
                  data-series={name}
                  x={index * step + GAP / 2}
                  y={top}
                  width={step - GAP}
                  height={height}
                  rx={2}
                />
              );
            })}
            {bound !== null && TICKS.includes(bound) ? (
              <>
                <line x1={(index + 1) * step} x2={(index + 1) * step} y1={HEIGHT} y2={HEIGHT + 4} />
                <text x={(index + 1) * step} y={HEIGHT + 20} textAnchor="middle">
                  {durationOf(bound)}
                </text>
              </>
            ) : null}
          </g>
        );
      })}
      <line x1={0} x2={WIDTH} y1={HEIGHT} y2={HEIGHT} />
    </svg>
  );
}

const sumOf = (series: Series[], index: number): number =>
  series.reduce((sum, { distribution }) => sum + (distribution.buckets[index]?.count ?? 0), 0);

function Table({ title, series }: { title: string; series: Series[] }) {
  const buckets = series[0]?.distribution.buckets ?? [];
  return (
    <table aria-label={title}>
      <thead>
        <tr>
          <th scope="col">{t("times.columns.took")}</th>
          {series.map((part) => (
            <th key={part.name} scope="col">
              {part.label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {buckets.map(({ up_to_ms }, index) =>
          sumOf(series, index) === 0 ? null : (
            <tr key={up_to_ms ?? "over"}>
              <th scope="row">
                {up_to_ms === null
                  ? t("times.over", { time: durationOf(buckets[index - 1]?.up_to_ms ?? 0) })
                  : t("times.up_to", { time: durationOf(up_to_ms) })}
              </th>
              {series.map((part) => (
                <td key={part.name}>{(part.distribution.buckets[index]?.count ?? 0).toLocaleString()}</td>
              ))}
            </tr>
          ),
        )}
      </tbody>
    </table>
  );
}
