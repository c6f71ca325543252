/** Where the built Hub lands. */
export const HUB_DIST: string;
/** Builds the Hub unless it is built. Rejects with the build's own words when that fails. */
export function buildHubIfNeeded(node?: string): Promise<void>;
