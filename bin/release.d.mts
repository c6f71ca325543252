/** What `npm run release` looks at. */
export interface ReleaseState {
  version: string;
  branch: string;
  changedFiles: string[];
  changesets: string[];
  changelog: string;
  tags: string[];
}
export declare function releaseFaultsOf(state: ReleaseState): string[];
