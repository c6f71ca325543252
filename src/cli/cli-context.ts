/** The input and output of a command that calls the API. */
export interface CliContext {
  /** The arguments behind the command's name. */
  args: readonly string[];
  options: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;
  json: boolean;
  /** Of the environment: where Sharekeeper is unless --url says so, and the key unless --key does. */
  defaults: { url: string; key: string };
  print(text: string): void;
  /** For people, beside the output that a script reads. */
  warn(text: string): void;
  /** ms since the epoch */
  now(): number;
  /** Waits, in wall-clock time. */
  pause(ms: number): Promise<void>;
  readText(path: string): string;
  untilStopped(): Promise<void>;
}

/** Exit codes: the state of the share, and whether the command worked. */
export const EXIT = { shared: 0, failed: 1, usage: 2, notShared: 3, unknown: 4 } as const;
