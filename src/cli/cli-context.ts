/** What a command of the client gets of the outside. */
export interface CliContext {
  /** Words behind the command's name. */
  args: readonly string[];
  options: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;
  json: boolean;
  /** Of the environment: where Sharekeeper is unless --url says so, and the key unless --key does. */
  defaults: { url: string; key: string };
  print(text: string): void;
  /** Beside the output: what a person should know and a script need not read. */
  warn(text: string): void;
  /** Waits, in wall-clock time. */
  pause(ms: number): Promise<void>;
  readText(path: string): string;
  untilStopped(): Promise<void>;
}

/** Exit codes: what a script may ask of the share, and how the command itself fared. */
export const EXIT = { shared: 0, failed: 1, usage: 2, notShared: 3, unknown: 4 } as const;
