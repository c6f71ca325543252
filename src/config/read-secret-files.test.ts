import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Option } from "./option.ts";
import { OPTIONS } from "./options.ts";
import { ConfigError, parseConfig, parseValidConfig, UnsetError } from "./parse-config.ts";

const KEY = "0123456789abcdef".repeat(4);
let folder: string;

beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "secret-files-"))));
afterEach(() => rmSync(folder, { recursive: true }));

function write(text: string, mode = 0o600): string {
  const path = join(folder, "value");
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

function faultsOf(env: Record<string, string>): readonly string[] {
  try {
    parseConfig(env, "sandbox");
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

test("a secret is read from its file, without the line break at the end", () => {
  const config = parseConfig({ ENCRYPTION_KEY_FILE: write(`${KEY}\n`) }, "sandbox");
  expect(config.encryptionKey).toEqual(Buffer.from(KEY, "hex"));
});

const SECRETS = Object.values<Option<unknown>>(OPTIONS).filter(({ secret }) => secret);

test.each(SECRETS.map(({ name }) => name))("%s may be a file: a missing one is its fault", (name) => {
  const faults = faultsOf({ [`${name}_FILE`]: join(folder, "none") });
  expect(faults).toContainEqual(
    expect.stringContaining(`${name}_FILE names a file that cannot be read (ENOENT)`),
  );
});

test("a setting that is no secret has no file", () => {
  expect(parseConfig({ PARTNER_NAME_FILE: write("Example") }, "sandbox").partnerName).toBe("360dialog");
});

test("an empty NAME_FILE counts as none", () => {
  expect(faultsOf({ ADMIN_API_KEY_FILE: " " })).toEqual([]);
});

test("the value and the file together are refused, without either being shown", () => {
  const faults = faultsOf({ ENCRYPTION_KEY: KEY, ENCRYPTION_KEY_FILE: write(KEY) });
  expect(faults).toEqual(["ENCRYPTION_KEY and ENCRYPTION_KEY_FILE are both set. Set only one of them."]);
});

test("an empty file, a folder and a value that is not valid are faults that show no secret", () => {
  expect(faultsOf({ ENCRYPTION_KEY_FILE: write("\n") })).toEqual([
    expect.stringMatching(/names an empty file/),
  ]);
  expect(faultsOf({ ENCRYPTION_KEY_FILE: folder })).toEqual([expect.stringMatching(/names no regular file/)]);
  const [fault] = faultsOf({ ENCRYPTION_KEY_FILE: write("abc-secret") });
  expect(fault).toMatch(/^ENCRYPTION_KEY has a value that is not valid/);
  expect(fault).not.toContain("abc-secret");
  const [mistaken] = faultsOf({ ENCRYPTION_KEY_FILE: KEY });
  expect(mistaken).not.toContain(KEY);
});

describe("the mode of the file", () => {
  test.each([0o400, 0o600, 0o440, 0o640, 0o444])("%o is taken", (mode) => {
    expect(faultsOf({ ENCRYPTION_KEY_FILE: write(KEY, mode) })).toEqual([]);
  });
  test.each([0o644, 0o604, 0o660, 0o620, 0o666, 0o602])("%o is refused, with the fix", (mode) => {
    expect(faultsOf({ ENCRYPTION_KEY_FILE: write(KEY, mode) })).toEqual([
      `ENCRYPTION_KEY_FILE names a file of mode 0${mode.toString(8)}, which others can read or change. ` +
        "Set its mode to 0400, 0600 or 0440 (in Kubernetes: defaultMode: 0440).",
    ]);
  });
});

test("doctor names the fault, and cannot read the setting", () => {
  const { config, faults } = parseValidConfig({ ENCRYPTION_KEY_FILE: join(folder, "none") }, "sandbox");
  expect(faults).toEqual([expect.stringMatching(/^ENCRYPTION_KEY_FILE names a file/)]);
  expect(() => config.encryptionKey).toThrow(UnsetError);
});
