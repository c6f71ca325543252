import { Name } from "../../ui/Name.tsx";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { mendsQuery } from "../../api/queries.ts";
import type { Lamp as LampColour, Mend } from "../../api/types.ts";
import { texts } from "../../texts.ts";
import { Lamp } from "../../ui/Lamp.tsx";
import { Loaded } from "../../ui/Loaded.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import { Blocks } from "../../ui/Skeleton.tsx";
import { MoreButton } from "../../ui/MoreButton.tsx";

const { connection: words } = texts;

const LAMPS: Record<Mend["outcome"], LampColour> = { mended: "green", failed: "red", lost: "amber" };

/** What Sharekeeper mended by itself, newest first. */
export function Mends() {
  const query = useInfiniteQuery(mendsQuery);
  return (
    <section className="panel" aria-labelledby="mends-title">
      <div className="section-head">
        <h2 id="mends-title">{words.mends}</h2>
        <p className="muted small">{words.mendsLead}</p>
      </div>
      <Loaded query={query} skeleton={<Blocks count={3} height={44} />}>
        {({ pages }) => {
          const mends = pages.flatMap((page) => page.data);
          if (mends.length === 0) return <p className="muted">{words.mendsEmpty}</p>;
          return (
            <ol className="mends">
              {mends.map((mend) => (
                <MendRow key={mend.id} mend={mend} />
              ))}
            </ol>
          );
        }}
      </Loaded>
      <MoreButton query={query}>{words.older}</MoreButton>
    </section>
  );
}

const MendRow = ({ mend }: { mend: Mend }) => (
  <li className="mend">
    <Lamp lamp={LAMPS[mend.outcome]} />
    <div>
      <p>{mend.title}</p>
      <p className="muted small breakable">
        {mend.waba ? (
          <Link to="/wabas/$wabaId" params={{ wabaId: mend.waba.id }} className="text-link">
            <Name>{mend.waba.name}</Name>
          </Link>
        ) : (
          words.ofApp
        )}
        {" · "}
        <RelativeTime at={mend.at} focusable />
        {mend.detail ? ` · ${mend.detail}` : null}
      </p>
    </div>
  </li>
);
