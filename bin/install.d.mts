/** One line for a person, and the exit code to end with. */
export class LaunchError extends Error {
  readonly exitCode: number;
}
/** Runs `npm ci` in `root` unless its lockfile is installed. Rejects with LaunchError; then npm has ended. */
export function install(
  root: string,
  options?: { npm?: string; say?: (message: string) => void },
): Promise<void>;
/** Packages of the lockfile that the folder lacks on this platform. */
export function missingPackages(
  root: string,
  platform?: { platform?: string; arch?: string; libc?: string | null },
): string[];
/** One sentence from what npm printed. */
export function npmFailureOf(text: string): string;
