/** Where the built Hub lands. */
export const HUB_DIST: string;
/** Whether the last build is there and newer than everything it is made of. */
export function isHubBuilt(): boolean;
/** Builds the Hub unless it is built. Rejects with the build's own words when that fails. */
export function buildHubIfNeeded(node?: string): Promise<void>;
