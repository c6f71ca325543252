/**
 * Why nothing can start. The message is one line: what is wrong, and what to do. main prints it and exits.
 */
export class StartError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "StartError";
  }
}

/** What was typed is not understood. The message is one line: what is wrong, and what would be right. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "UsageError";
  }
}

const ADVICE: Readonly<Record<string, string>> = {
  EACCES: "Give this user the right to it, or choose another place",
  EPERM: "Give this user the right to it, or choose another place",
  EROFS: "The file system is read-only: choose another place",
  ENOENT: "Check the path",
  ENOTDIR: "Check the path",
  EEXIST: "A file stands where a folder belongs: check the path",
  EISDIR: "A folder stands where a file belongs: check the path",
  ENOSPC: "The disk is full: free some space",
  EDQUOT: "The disk is full: free some space",
  EMFILE: "Too many files are open: raise the limit (ulimit -n)",
};

/**
 * What the system says of a file, and what to do: one line without the last full stop. Undefined for any
 * other error.
 */
export function fileFailureOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error) || !("syscall" in error)) return undefined;
  const advice = ADVICE[String(error.code)];
  return advice === undefined ? undefined : `${error.message}. ${advice}`;
}
