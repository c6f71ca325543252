import { Link } from "@tanstack/react-router";
import type { WabaFilters } from "../../api/queries.ts";
import type { Lamp as LampColour, Overview } from "../../api/types.ts";
import { t } from "../../messages.ts";
import { Lamp } from "../../ui/Lamp.tsx";

interface Tile {
  name: "live" | "client" | "provider" | "meta";
  /** The lamp when the number is not zero. */
  lamp: LampColour;
  search: WabaFilters;
}

const TILES: Tile[] = [
  { name: "live", lamp: "green", search: { status: "live" } },
  {
    name: "client",
    lamp: "red",
    search: { broken: "true", who_must_act: "client" },
  },
  {
    name: "provider",
    lamp: "amber",
    search: { broken: "true", who_must_act: "provider" },
  },
  {
    name: "meta",
    lamp: "grey",
    search: { broken: "true", who_must_act: "meta" },
  },
];

/** Four numbers; each leads to the list it counts. */
export function Counts({ overview: { counts, sending } }: { overview: Overview }) {
  return (
    <ul className="counts">
      {TILES.map((tile) => (
        <li key={tile.name}>
          <Link to="/wabas" search={tile.search} className="count-tile" data-zero={counts[tile.name] === 0}>
            <span className="count-name">
              <Lamp
                lamp={
                  counts[tile.name] === 0
                    ? "grey"
                    : tile.name === "provider" && sending.refused_by_token.wabas > 0
                      ? "red"
                      : tile.lamp
                }
                size={14}
              />
              {t(`overview.counts.${tile.name}`)}
            </span>
            <span className="count-number">{counts[tile.name].toLocaleString()}</span>
            <span className="muted small">
              {tile.name === "live" && sending.unverified.wabas > 0
                ? t("overview.still_sending", { wabas: sending.unverified.wabas })
                : t(`overview.count_hints.${tile.name}`)}
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
