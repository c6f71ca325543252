import type { Option } from "./option.ts";
import { OPTIONS } from "./options.ts";

/** The manual page of all settings (docs/reference/settings.md), from the table. */
export function renderSettings(): string {
  const rows = Object.values<Option<unknown>>(OPTIONS);
  return [
    "# Settings",
    "",
    "All settings are environment variables. An empty value counts as none. `npm start` (the sandbox) has a working value for each;",
    "`serve` starts only when every required one is set. Otherwise it names every fault at once and ends with exit code 2.",
    "This page is generated from the table in `src/config/options.ts`.",
    "",
    "| setting | what it is | set it to | sandbox | serve |",
    "|---|---|---|---|---|",
    ...rows.map(renderRow),
    "",
    "`<NAME>` stands for the value of that setting. 🔒 marks secrets: they are never printed or logged.",
    "",
    "Each 🔒 setting may be given as a file instead: `NAME_FILE` is the path of a file that holds the value, such as `ENCRYPTION_KEY_FILE`.",
    "One line break at its end is cut. `NAME` and `NAME_FILE` together are refused, and so is a file that is missing, empty, or open to others:",
    "only its owner may write it, and only its owner and group may read it. A file that nobody may write (0444, as container runtimes mount secrets) is taken too.",
    "",
  ].join("\n");
}

function renderRow(option: Option<unknown>): string {
  const lock = option.secret ? " 🔒" : "";
  const cells = [
    `\`${option.name}\`${lock}`,
    option.description,
    option.expects,
    renderDefault(option, "sandbox"),
    renderDefault(option, "serve"),
  ];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

function renderDefault(option: Option<unknown>, setup: "sandbox" | "serve"): string {
  const value = option[setup];
  if (value !== undefined) return `\`${value}\``;
  return option.schema.safeParse(undefined).success ? "unset" : "**required**";
}
