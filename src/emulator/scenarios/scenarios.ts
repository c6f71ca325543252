/** The whole library. Each scenario begins with the world as it is after the start or a reset. */
import { COEXISTENCE_SCENARIOS } from "./coexistence-scenarios.ts";
import type { Scenario } from "./scenario.ts";
import { SHARING_SCENARIOS } from "./sharing-scenarios.ts";
import { TROUBLE_SCENARIOS } from "./trouble-scenarios.ts";

export const SCENARIOS: readonly Scenario[] = [
  ...SHARING_SCENARIOS,
  ...COEXISTENCE_SCENARIOS,
  ...TROUBLE_SCENARIOS,
];

export function scenarioNamed(name: string): Scenario | undefined {
  return SCENARIOS.find((scenario) => scenario.name === name);
}
