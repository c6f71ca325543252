import type { Random } from "../../lib/random.ts";
import type { EmulatorClock } from "../world/emulator-clock.ts";
import type { Limiter } from "../world/limiter.ts";
import type { Journal } from "../world/journal.ts";
import type { ScenarioStage } from "../scenarios/stage.ts";
import type { Upkeep } from "../world/upkeep.ts";
import type { Deliveries } from "../webhooks/deliveries.ts";
import type { World } from "../world/world.ts";
import type { WorldStore } from "../world/world-store.ts";

/** Everything a part of the emulator may need, made once in `start-emulator.ts`. */
export interface EmulatorContext {
  store: WorldStore;
  clock: EmulatorClock;
  random: Random;
  journal: Journal;
  deliveries: Deliveries;
  upkeep: Upkeep;
  limiter: Limiter;
  stage: ScenarioStage;
  /**
   * Begins the world of the seed anew, after its losses, sending nothing; journal, ids and clock begin anew.
   */
  reset: () => void;
  /**
   * Puts another world in the place of this one, standing at an instant; what was under way here is
   * forgotten.
   */
  replaceWorld: (world: World, now: number) => void;
}
