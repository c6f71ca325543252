/**
 * The scenario that is on stage: which of its steps are done. One at a time, step by step or by itself with
 * pauses to watch.
 */
import { Mutex } from "../../lib/mutex.ts";
import type { ScenarioTarget } from "./scenario.ts";
import { isRepair } from "./expectation.ts";
import { playStep } from "./play-scenario.ts";
import type { PlayedStep } from "./play-scenario.ts";
import type { Scenario } from "./scenario.ts";

export interface Scene {
  scenario: Scenario;
  done: PlayedStep[];
  /** It goes on by itself. */
  isPlaying: boolean;
  /** Why it stopped before its end. */
  failure: string | null;
}

export class ScenarioStage {
  private scene: Scene | null = null;
  private waiting = new AbortController();
  /** One step at a time: two at once would do the same one twice. */
  private readonly mutex = new Mutex();
  private readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;

  /** @param pause waits in wall-clock time and ends early on abort */
  constructor(pause: (ms: number, signal: AbortSignal) => Promise<void>) {
    this.pause = pause;
  }

  get now(): Readonly<Scene> | null {
    return this.scene;
  }

  /** Does one step: the next one of this scenario, or the first where another one, or none, is under way. */
  async next(target: ScenarioTarget, scenario: Scenario, options: { reset: boolean }): Promise<Scene> {
    return this.mutex.run(async () => {
      const scene = await this.open(target, scenario, options);
      await this.step(target, scene);
      return scene;
    });
  }

  /**
   * Plays on to the end, with a pause before each repair. Resolves at the end, or when something else came on
   * stage.
   */
  async play(
    target: ScenarioTarget,
    scenario: Scenario,
    options: { reset: boolean; pauseMs: number },
  ): Promise<Scene> {
    const { scene, signal } = await this.mutex.run(async () => {
      const opened = await this.open(target, scenario, options);
      opened.isPlaying = !isOver(opened);
      return { scene: opened, signal: this.waiting.signal };
    });
    while (!signal.aborted && !isOver(scene)) {
      const step = scenario.steps[scene.done.length];
      if (step && isRepair(step) && options.pauseMs > 0) await this.pause(options.pauseMs, signal);
      await this.mutex.run(async () => {
        if (!signal.aborted) await this.step(target, scene);
      });
    }
    if (!signal.aborted) scene.isPlaying = false;
    return scene;
  }

  /** It stops where it is, and can be gone on with. */
  halt(): void {
    this.waiting.abort();
    this.waiting = new AbortController();
    if (this.scene) this.scene.isPlaying = false;
  }

  /** Another world: nothing is on stage. */
  clear(): void {
    this.halt();
    this.scene = null;
  }

  private async open(
    target: ScenarioTarget,
    scenario: Scenario,
    { reset }: { reset: boolean },
  ): Promise<Scene> {
    this.halt();
    const { scene } = this;
    if (scene?.scenario === scenario && !isOver(scene)) return scene;
    const failure = reset ? await failureOf(() => target.control("POST", "/reset")) : null;
    return (this.scene = { scenario, done: [], isPlaying: false, failure });
  }

  private async step(target: ScenarioTarget, scene: Scene): Promise<void> {
    const { scenario, done } = scene;
    const step = scenario.steps[done.length];
    if (!step || isOver(scene)) return;
    scene.failure = await failureOf(async () => {
      done.push(await playStep(target, step, done.length + 1));
    });
  }
}

/** Nobody waits for a scenario that plays by itself: what fails is shown on its scene. */
async function failureOf(act: () => Promise<unknown>): Promise<string | null> {
  try {
    await act();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

export function isOver({ scenario, done, failure }: Scene): boolean {
  return failure !== null || done.length === scenario.steps.length;
}
