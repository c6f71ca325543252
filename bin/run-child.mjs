// Plain JavaScript for old and new Nodes: runs a program to its end and hands every signal on to it.
import { spawn } from "node:child_process";
import { constants } from "node:os";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"];
const PARENT_CHECK_MS = 100;

/** The exit code of a process that a signal has ended, as shells report it. */
export function exitCodeOfSignal(signal) {
  return 128 + (constants.signals[signal] || 0);
}

/**
 * Runs `command` to its end. Resolves with its exit code, and in `stoppedBy` the signal that we handed on, or
 * null. Rejects when it cannot be started. `onStart` gets the child. A child that has `killAfterMs` is killed
 * that long after a signal.
 */
export function runChild(command, args, { killAfterMs, ...options }, onStart) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, options);
    let stoppedBy = null;
    let killing;
    const handOn = (signal) => {
      if (stoppedBy === null && killAfterMs !== undefined)
        killing = setTimeout(() => child.kill("SIGKILL"), killAfterMs);
      stoppedBy = stoppedBy || signal;
      child.kill(signal);
    };
    const listeners = SIGNALS.map((signal) => [signal, () => handOn(signal)]);
    for (const [signal, listener] of listeners) process.on(signal, listener);
    const forgetParent = onParentGone(() => handOn("SIGTERM"));
    const end = () => {
      for (const [signal, listener] of listeners) process.off(signal, listener);
      forgetParent();
      clearTimeout(killing);
    };
    child.on("error", (error) => {
      end();
      reject(error);
    });
    child.on("close", (code, signal) => {
      end();
      resolve({ code: code === null ? exitCodeOfSignal(signal) : code, stoppedBy });
    });
    if (onStart) onStart(child);
  });
}

/**
 * npm starts us through a shell, and hands a signal on to that shell only. The shell dies of it and says
 * nothing to us; then our parent is another process. Without npm a lost parent is no reason to stop: somebody
 * may have put us into the background.
 */
function onParentGone(run) {
  const parent = process.ppid;
  if (process.env.npm_lifecycle_event === undefined) return () => undefined;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    run();
  }, PARENT_CHECK_MS);
  timer.unref();
  return () => clearInterval(timer);
}
