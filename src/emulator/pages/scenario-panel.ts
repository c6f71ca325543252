/** The tab Scenarios: the one on stage with its steps, and the library. */
import { html } from "hono/html";
import type { EmulatorContext } from "../context/emulator-context.ts";
import { expectationOf } from "../scenarios/expectation.ts";
import { targetOfContext } from "./context-target.ts";
import { scenarioNamed, SCENARIOS } from "../scenarios/scenarios.ts";
import type { Scenario } from "../scenarios/scenario.ts";
import { isOver } from "../scenarios/stage.ts";
import type { Scene } from "../scenarios/stage.ts";
import type { Html } from "../http/layout.ts";

const PAUSES_S = [0, 5, 15, 60];
const USUAL_PAUSE_S = 5;

export type SceneAct = "next" | "play" | "halt";

/**
 * What a button of the panel does, in words; undefined: there is no such scenario. Throws what the stage
 * could not do.
 */
export async function useStage(
  context: EmulatorContext,
  act: SceneAct,
  name: string,
  form: URLSearchParams,
): Promise<{ words: string; failure: string | null } | undefined> {
  const scenario = scenarioNamed(name);
  if (!scenario) return undefined;
  const { stage } = context;
  if (act === "halt") {
    stage.halt();
    return { words: `Scenario ${name} is halted.`, failure: null };
  }
  const target = targetOfContext(context);
  const reset = form.has("reset");
  const pauseMs = Number(form.get("pause_s") ?? USUAL_PAUSE_S) * 1000;
  const played =
    act === "next"
      ? stage.next(target, scenario, { reset })
      : stage.play(target, scenario, { reset, pauseMs });
  // With pauses it goes on by itself, and the page shows how far it is.
  if (act === "play" && pauseMs > 0) {
    void played;
    return {
      words: `Scenario ${name} is playing, with ${pauseMs / 1000} s before each repair.`,
      failure: null,
    };
  }
  const scene = await played;
  return {
    words: `Scenario ${name}: ${scene.done.length} of ${scenario.steps.length} steps are done.`,
    failure: scene.failure,
  };
}

export function renderScenarios({ stage }: EmulatorContext): Html {
  return html`<p>
      Stories over the seeded world. Play one and watch your program, or do one step after the other; each
      step says what a receiver should see.
    </p>
    <div class="options">
      <label class="check"><input type="checkbox" name="reset" />Begin with a reset</label>
      <div class="field">
        <label for="pause_s">Pause before each repair</label>
        <select id="pause_s" name="pause_s">
          ${PAUSES_S.map((s) => html`<option value="${s}" ${s === USUAL_PAUSE_S ? "selected" : ""}>${s === 0 ? "none" : `${s} seconds`}</option>`)}
        </select>
      </div>
    </div>
    <div id="scene">${stage.now ? sceneOf(stage.now) : ""}</div>
    <ul class="list" aria-label="Scenarios">
      ${SCENARIOS.map(storyOf)}
    </ul>`;
}

function sceneOf(scene: Readonly<Scene>): Html {
  const { scenario, done, failure, isPlaying } = scene;
  const over = isOver(scene);
  return html`<section class="callout" aria-labelledby="scene-title">
    <h3 id="scene-title">On stage: ${scenario.title}</h3>
    <p role="status">
      ${done.length} of ${scenario.steps.length} steps are
      done${over ? "." : isPlaying ? "; it plays on by itself." : "; it waits for you."}
    </p>
    <ol class="small scene">
      ${scenario.steps.map((step, index) => {
        const state = index < done.length ? "Done" : index === done.length && !over ? "Next" : "";
        const expect = expectationOf(step);
        return html`<li ${state === "Next" ? html`aria-current="step"` : ""}>
          ${state === "Done" ? html`<b class="good">Done.</b>` : state === "Next" ? html`<b>Next:</b>` : ""}
          ${step.say} ${expect ? html`<span class="dim">${expect}</span>` : ""}
        </li>`;
      })}
    </ol>
    ${failure ? html`<p><b class="bad">Stopped at step ${done.length + 1}:</b> ${failure}</p>` : ""}
    <div class="buttons">
      ${
        over
          ? html`<button name="do" value="scene:next:${scenario.name}">Begin again, first step</button>`
          : html`<button class="main" name="do" value="scene:next:${scenario.name}">Next step</button>
              <button name="do" value="scene:play:${scenario.name}">Play on</button>
              ${isPlaying ? html`<button name="do" value="scene:halt:${scenario.name}">Halt</button>` : ""}`
      }
    </div>
  </section>`;
}

function storyOf({ name, title, about, steps }: Scenario): Html {
  return html`<li class="story">
    <div>
      <b>${title}</b> <span class="mono dim small">${name}</span>
      <p class="small dim">${about}</p>
      <details class="choices">
        <summary>${steps.length === 1 ? "1 step" : `${steps.length} steps`}</summary>
        <ol class="small">
          ${steps.map((step) => html`<li>${step.say}</li>`)}
        </ol>
      </details>
    </div>
    <div class="buttons">
      <button name="do" value="scene:play:${name}" aria-label="Play ${title}">Play</button>
      <button name="do" value="scene:next:${name}" aria-label="Step by step: ${title}">Step by step</button>
    </div>
  </li>`;
}
