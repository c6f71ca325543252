import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

/**
 * Kept beside the installed packages: without it each process compiles everything again, which takes 1.5 s.
 */
const COMPILE_CACHE = fileURLToPath(
  new URL("../../node_modules/.cache/sharekeeper/compiled", import.meta.url),
);

export interface Command {
  pid: number;
  /** Resolves with the first line of stdout that is JSON; rejects when the process ends before. */
  ready: Promise<Record<string, string>>;
  /** Resolves when stderr has a line that holds this text. */
  said(text: string): Promise<void>;
  /** Resolves when the process has ended. */
  ended: Promise<{ code: number | null; stdout: string; stderr: string }>;
  kill(signal: NodeJS.Signals): void;
}

/**
 * A command of Sharekeeper's in a process of its own, which knows nothing of our environment but what is
 * given.
 */
export function startCommand(args: readonly string[], env: Record<string, string>): Command {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: COMPILE_CACHE, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  const waiting = new Map<string, () => void>();
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
    for (const [text, settle] of waiting) if (stderr.includes(text)) settle();
  });
  const ended = once(child, "close").then(([code]) => ({ code: code as number | null, stdout, stderr }));
  const ready = new Promise<Record<string, string>>((resolve, reject) => {
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
      const line = stdout.split("\n").find((candidate) => candidate.startsWith("{"));
      if (line !== undefined && stdout.includes(`${line}\n`))
        resolve(JSON.parse(line) as Record<string, string>);
    });
    void ended.then(() => reject(new Error(`It ended before it was ready: ${stderr}`)));
  });
  // A command that is only run to its end never waits for this.
  ready.catch(() => undefined);
  const said = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      waiting.set(text, resolve);
      if (stderr.includes(text)) resolve();
      void ended.then(() => reject(new Error(`It ended without "${text}": ${stderr}`)));
    });
  return { pid: child.pid ?? 0, ready, said, ended, kill: (signal) => void child.kill(signal) };
}

/** Runs a command to its end. */
export async function runCommand(
  args: readonly string[],
  env: Record<string, string>,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return startCommand(args, env).ended;
}
