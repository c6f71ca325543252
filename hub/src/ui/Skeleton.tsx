import type { ReactNode } from "react";
import { t } from "../messages.ts";
import styles from "./Skeleton.module.css";

/** A grey bar in the shape of the content to come. */
export const Bar = ({ width = "100%", height = 12 }: { width?: number | string; height?: number }) => (
  <span className={styles.bar} style={{ width, height }} />
);

/** `count` blocks of this height, announced once as loading. */
export function Blocks({ count, height }: { count: number; height: number }) {
  return (
    <div className="stack" aria-busy="true">
      <span className="vh">{t("loading")}</span>
      {Array.from({ length: count }, (_, index) => (
        <Bar key={index} height={height} />
      ))}
    </div>
  );
}

/** Four figures in a row. */
export const TilesSkeleton = () => (
  <div className="counts" aria-busy="true">
    {[0, 1, 2, 3].map((index) => (
      <div key={index} className="count-tile">
        <Bar width={90} />
        <Bar width={48} height={36} />
        <Bar width={140} />
      </div>
    ))}
  </div>
);

/** A page of a list before its code has come. */
export const PendingPage = ({ title, children }: { title: string; children: ReactNode }) => (
  <div className="page">
    <h1 className="page-title">{title}</h1>
    {children}
  </div>
);

/** A page about one thing: its breadcrumb, its head, `blocks` in the main column, details beside them. */
export function PageSkeleton(props: { breadcrumb?: ReactNode; blocks: number; height: number }) {
  return (
    <div className="page">
      {props.breadcrumb}
      <Blocks count={1} height={96} />
      <div className="columns">
        <div className="column-main">
          <Blocks count={props.blocks} height={props.height} />
        </div>
        <div className="details">
          <Blocks count={1} height={280} />
        </div>
      </div>
    </div>
  );
}
