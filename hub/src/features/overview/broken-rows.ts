import { wabasQuery, type WabaFilters } from "../../api/queries.ts";

/** The most that the Overview shows. */
export const MOST_ROWS = 50;
export const BROKEN: WabaFilters = { broken: "true" };
/** An incident replaces the rows of the WABAs that it explains. */
export const BROKEN_OTHERWISE: WabaFilters = { broken: "true", incident: "none" };

export const brokenQuery = (filters: WabaFilters) => wabasQuery(filters, MOST_ROWS);
