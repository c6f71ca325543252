import { Name } from "../../ui/Name.tsx";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { repairsQuery } from "../../api/queries.ts";
import type { Lamp as LampColour, Repair } from "../../api/types.ts";
import { t } from "../../messages.ts";
import { Lamp } from "../../ui/Lamp.tsx";
import { Loaded } from "../../ui/Loaded.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import { Blocks } from "../../ui/Skeleton.tsx";
import { MoreButton } from "../../ui/MoreButton.tsx";
import styles from "./Repairs.module.css";

const LAMPS: Record<Repair["outcome"], LampColour> = { repaired: "green", failed: "red", lost: "amber" };

/** Automatic repairs, newest first. */
export function Repairs() {
  const query = useInfiniteQuery(repairsQuery);
  return (
    <section className="panel" aria-labelledby="repairs-title">
      <div className="section-head">
        <h2 id="repairs-title">{t("connection.repairs")}</h2>
        <p className="muted small">{t("connection.repairs_lead")}</p>
      </div>
      <Loaded query={query} skeleton={<Blocks count={3} height={44} />}>
        {({ pages }) => {
          const repairs = pages.flatMap((page) => page.data);
          if (repairs.length === 0) return <p className="muted">{t("connection.repairs_empty")}</p>;
          return (
            <ol>
              {repairs.map((repair) => (
                <RepairRow key={repair.id} repair={repair} />
              ))}
            </ol>
          );
        }}
      </Loaded>
      <MoreButton query={query}>{t("connection.older")}</MoreButton>
    </section>
  );
}

const RepairRow = ({ repair }: { repair: Repair }) => (
  <li className={styles.repair}>
    <Lamp lamp={LAMPS[repair.outcome]} />
    <div>
      <p>{repair.title}</p>
      <p className="muted small breakable">
        {repair.waba ? (
          <Link to="/wabas/$wabaId" params={{ wabaId: repair.waba.id }} className="text-link">
            <Name>{repair.waba.name}</Name>
          </Link>
        ) : (
          t("connection.of_app")
        )}
        {" · "}
        <RelativeTime at={repair.at} focusable />
        {repair.detail ? ` · ${repair.detail}` : null}
      </p>
    </div>
  </li>
);
