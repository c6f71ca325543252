import type { z } from "zod";
import { isLoopback } from "../lib/loopback.ts";
import { CLIENT_MESSAGE_OPTIONS, clientMessageFaultsOf } from "./client-message-options.ts";
import { mailFaultsOf } from "./mail-faults.ts";
import { MAIL_OPTIONS } from "./mail-options.ts";
import type { Env, Option, Setup } from "./option.ts";
import { OPTIONS } from "./options.ts";
import { productionFaultOf } from "./production-fault.ts";
import { readSecretFiles } from "./read-secret-files.ts";
import { signInFaultsOf } from "./sign-in-faults.ts";
import { SIGN_IN_OPTIONS } from "./sign-in-options.ts";

type Options = typeof OPTIONS;

/**
 * Every setting, parsed. Frozen. Durations in ms, `encryptionKey` 32 bytes, addresses without a trailing
 * slash.
 */
export type Config = { readonly [Key in keyof Options]: z.output<Options[Key]["schema"]> };

/** The settings of a command that uses only the database. */
export type DatabaseConfig = Pick<Config, "databaseUrl" | "dataDir" | "logLevel">;

/**
 * Settings are missing or not valid. `faults`: one line each with the setting, the fault and the fix, and no
 * secret.
 */
export class ConfigError extends Error {
  readonly faults: readonly string[];
  constructor(faults: readonly string[]) {
    super(faults.join("\n"));
    this.name = "ConfigError";
    this.faults = faults;
  }
}

/** A setting without a valid value was read. */
export class UnsetError extends Error {
  readonly setting: string;
  constructor(setting: string) {
    super(`${setting} has no valid value`);
    this.name = "UnsetError";
    this.setting = setting;
  }
}

/**
 * All settings, with the defaults of `setup` (the emulator alone is a sandbox). Throws ConfigError with every
 * fault at once.
 */
export function parseConfig(env: Env, setup: Setup): Config {
  const config = parseOptions(env, setup, Object.keys(OPTIONS) as (keyof Config)[]);
  if (setup === "sandbox" && !isLoopback(config.host) && isPublicKey(config.adminApiKey))
    throw new ConfigError([
      `HOST is ${JSON.stringify(config.host)}, which other machines can reach, ` +
        "and the sandbox's key is public. " +
        `Set ADMIN_API_KEY to ${OPTIONS.adminApiKey.expects}; or leave HOST unset.`,
    ]);
  const faults = [...signInFaultsOf(config), ...mailFaultsOf(config), ...clientMessageFaultsOf(config)];
  if (faults.length > 0) throw new ConfigError(faults);
  return config;
}

/**
 * The settings as far as they are valid, and the fault of each other one, as in ConfigError. Reading one that
 * is not valid throws UnsetError, so that doctor can examine an unfinished environment.
 */
export function parseValidConfig(env: Env, setup: Setup): { config: Config; faults: readonly string[] } {
  const { values, faults, unset } = parseEach(env, setup, Object.keys(OPTIONS) as (keyof Config)[]);
  const config = Object.fromEntries(values);
  for (const key of unset)
    Object.defineProperty(config, key, {
      get: () => {
        throw new UnsetError(OPTIONS[key].name);
      },
    });
  const valid = Object.freeze(config) as Config;
  const isRead = (part: object): boolean => !unset.some((key) => Object.hasOwn(part, key));
  if (isRead(SIGN_IN_OPTIONS)) faults.push(...signInFaultsOf(valid));
  if (isRead(MAIL_OPTIONS)) faults.push(...mailFaultsOf(valid));
  if (isRead({ ...MAIL_OPTIONS, ...CLIENT_MESSAGE_OPTIONS })) faults.push(...clientMessageFaultsOf(valid));
  return { config: valid, faults };
}

/** Only the settings of the database: for `migrate`, which needs nothing of Meta. Throws ConfigError. */
export function parseDatabaseConfig(env: Env): DatabaseConfig {
  return parseOptions(env, "serve", ["databaseUrl", "dataDir", "logLevel"]);
}

/** The settings of the database and of what seals it: for `keys`. Throws ConfigError. */
export function parseKeysConfig(
  env: Env,
): DatabaseConfig & Pick<Config, "encryptionKey" | "encryptionKeyPrevious"> {
  const database = ["databaseUrl", "dataDir", "logLevel"] as const;
  return parseOptions(env, "serve", [...database, "encryptionKey", "encryptionKeyPrevious"]);
}

/** Only the address of the API and its key: for the commands that call it. Throws ConfigError. */
export function parseClientConfig(env: Env): Pick<Config, "host" | "port" | "publicUrl" | "adminApiKey"> {
  return parseOptions(env, "sandbox", ["host", "port", "publicUrl", "adminApiKey"]);
}

function parseOptions<Key extends keyof Config>(
  env: Env,
  setup: Setup,
  keys: readonly Key[],
): Pick<Config, Key> {
  const { values, faults } = parseEach(env, setup, keys);
  if (faults.length > 0) throw new ConfigError(faults);
  return Object.freeze(Object.fromEntries(values)) as Pick<Config, Key>;
}

function parseEach<Key extends keyof Config>(
  given: Env,
  setup: Setup,
  keys: readonly Key[],
): { values: (readonly [Key, unknown])[]; faults: string[]; unset: Key[] } {
  const faults: string[] = [];
  const unset: Key[] = [];
  const { env, faults: fileFaults } = readSecretFiles(
    given,
    keys.map((key) => OPTIONS[key]),
  );
  const values = keys.map((key) => {
    const option: Option<unknown> = OPTIONS[key];
    const fileFault = fileFaults.get(option.name);
    if (fileFault !== undefined) {
      faults.push(fileFault);
      unset.push(key);
      return [key, undefined] as const;
    }
    const text = givenText(env, option.name) ?? defaultText(env, setup, option);
    const parsed = option.schema.safeParse(text);
    if (!parsed.success) unset.push(key);
    if (!parsed.success && !isDerived(env, setup, option)) faults.push(renderFault(option, text));
    else if (setup === "serve" && text !== undefined) {
      const fault = productionFaultOf(option, { text, value: parsed.data }, PUBLIC_SECRETS);
      if (fault !== undefined) faults.push(fault);
    }
    return [key, parsed.data] as const;
  });
  return { values, faults, unset };
}

/** The sandbox's own secrets stand in this public file. */
const PUBLIC_SECRETS = Object.values<Option<unknown>>(OPTIONS)
  .filter(({ secret, sandbox }) => secret && sandbox !== undefined)
  .map(({ sandbox }) => sandbox ?? "");

function isPublicKey(text: string): boolean {
  return productionFaultOf(OPTIONS.adminApiKey, { text, value: text }, PUBLIC_SECRETS) !== undefined;
}

/** An empty value counts as none: compose files and shells leave those behind. */
function givenText(env: Env, name: string): string | undefined {
  return env[name]?.trim() || undefined;
}

/**
 * The default with `<NAME>` filled in; undefined when there is none, or when it rests on a setting that has
 * no value.
 */
function defaultText(env: Env, setup: Setup, option: Option<unknown>): string | undefined {
  let text = option[setup];
  for (const [reference, name = ""] of option[setup]?.matchAll(/<([A-Z_]+)>/g) ?? []) {
    const other = Object.values<Option<unknown>>(OPTIONS).find((row) => row.name === name);
    const value = givenText(env, name) ?? (other && defaultText(env, setup, other));
    text = value === undefined ? undefined : text?.replace(reference, value);
  }
  return text;
}

/** A default made from another setting is wrong only when that one is, whose fault is named already. */
function isDerived(env: Env, setup: Setup, option: Option<unknown>): boolean {
  return givenText(env, option.name) === undefined && (option[setup]?.includes("<") ?? false);
}

function renderFault(option: Option<unknown>, text: string | undefined): string {
  const { name, expects, secret } = option;
  if (text === undefined) return `${name} is missing. Set it to ${expects}.`;
  const shown = secret ? "has a value that is not valid" : `is ${JSON.stringify(text)}, which is not valid`;
  const advice = option.advise?.(text);
  return `${name} ${shown}. Set it to ${expects}.${advice === undefined ? "" : ` ${advice}`}`;
}
