import { readFileSync, statSync } from "node:fs";
import type { Env, Option } from "./option.ts";

/**
 * The environment with the value of every secret that was given as a file (`NAME_FILE`), and one fault by
 * setting for each file that is not fit. A fault never shows the path, which may be a secret set by mistake.
 */
export function readSecretFiles(
  env: Env,
  options: readonly Option<unknown>[],
): { env: Env; faults: ReadonlyMap<string, string> } {
  const values: Record<string, string> = {};
  const faults = new Map<string, string>();
  for (const { name, secret } of options) {
    const path = env[fileSettingOf(name)]?.trim();
    if (!secret || !path) continue;
    const file = env[name]?.trim() ? { fault: bothGiven(name) } : readSecretFile(name, path);
    if ("fault" in file) faults.set(name, file.fault);
    else values[name] = file.value;
  }
  return { env: { ...env, ...values }, faults };
}

/** The setting that names the file of a secret. */
const fileSettingOf = (name: string): string => `${name}_FILE`;

const bothGiven = (name: string): string =>
  `${name} and ${fileSettingOf(name)} are both set. Set only one of them.`;

function readSecretFile(name: string, path: string): { value: string } | { fault: string } {
  const setting = fileSettingOf(name);
  try {
    const stat = statSync(path);
    if (!stat.isFile()) return { fault: `${setting} names no regular file. Set it to the path of a file.` };
    if (isExposed(stat.mode)) {
      const mode = (stat.mode & 0o777).toString(8).padStart(4, "0");
      return {
        fault:
          `${setting} names a file of mode ${mode}, which others can read or change. ` +
          "Set its mode to 0400, 0600 or 0440 (in Kubernetes: defaultMode: 0440).",
      };
    }
    const value = readFileSync(path, "utf8").replace(/\r?\n$/, "");
    if (value.trim() !== "") return { value };
    return { fault: `${setting} names an empty file. Write the value of ${name} into it.` };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown";
    return {
      fault:
        `${setting} names a file that cannot be read (${code}). ` +
        "Set it to the path of a file that this user may read.",
    };
  }
}

/**
 * The group may read: Kubernetes gives a secret to an unprivileged user that way (0440, 0640). Everybody may
 * read only what nobody may write: container runtimes mount secrets as 0444, inside one container.
 */
function isExposed(mode: number): boolean {
  const isWritableByOthers = (mode & 0o022) !== 0;
  const isReadableByAll = (mode & 0o004) !== 0;
  return isWritableByOthers || (isReadableByAll && (mode & 0o222) !== 0);
}
