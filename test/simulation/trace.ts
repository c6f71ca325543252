import type { Step } from "./core.ts";

/** One observation in a line of the trace. */
export function textOf(observation: Step["observation"]): string {
  switch (observation.type) {
    case "hint":
      return `hint ${observation.hint.effect.kind}${observation.hint.foreign === null ? "" : " (foreign)"}`;
    case "probe": {
      const { answers, askedAt, trigger, write } = observation.probe;
      const said = Object.entries(answers).map(
        ([name, answer]) => `${name} ${answer.verdict === "none" ? answer.reason : answer.verdict}`,
      );
      return `probe (${trigger}, asked ${iso(askedAt)}, write ${write}) ${said.join(", ")}`;
    }
    case "command":
      return `command ${observation.command.kind}`;
    case "tick":
      return "tick";
  }
}

/** Month, day and time: "11-22T10:00:00.000". */
export const iso = (at: number): string => new Date(at).toISOString().slice(5, 23);

/** FNV-1a: short, and the same everywhere. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  return hash;
}
