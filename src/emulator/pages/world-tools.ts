/**
 * The tabs beside the acts: clock, faults, knobs, snapshots, any webhook, scenarios. Each form is one call of
 * the control API.
 */
import { html } from "hono/html";
import type { EmulatorContext } from "../context/emulator-context.ts";
import type { FaultRule } from "../world/faults.ts";
import { knobPatchSchema } from "../world/knobs.ts";
import { targetOfContext } from "./context-target.ts";
import { fieldsOf, renderField, valueOf, wordsOf } from "./form-fields.ts";
import type { Html } from "../http/layout.ts";
import { renderScenarios, useStage } from "./scenario-panel.ts";
import type { SceneAct } from "./scenario-panel.ts";

export const TOOLS = ["clock", "faults", "knobs", "snapshots", "webhook", "scenarios"] as const;
export type Tool = (typeof TOOLS)[number];

export const TOOL_TITLES: Readonly<Record<Tool, string>> = {
  clock: "Clock",
  faults: "Faults",
  knobs: "Knobs",
  snapshots: "Snapshots",
  webhook: "Any webhook",
  scenarios: "Scenarios",
};

/** A tool that could not do it, in words. */
export class ToolRefusal extends Error {
  readonly status: number;

  constructor(status: number, words: string) {
    super(words);
    this.name = "ToolRefusal";
    this.status = status;
  }
}

/**
 * Does what a tool's form says: `do` is `<what>` or `<what>:<which>`. Answers what was done; throws
 * `ToolRefusal`.
 */
export async function useTool(context: EmulatorContext, form: URLSearchParams): Promise<string> {
  const [what, which] = splitOnce(form.get("do") ?? "");
  const use = USES[what];
  if (!use) throw new ToolRefusal(400, "Press one of the buttons.");
  return use(context, which, form);
}

function splitOnce(text: string): [string, string] {
  const cut = text.indexOf(":");
  return cut < 0 ? [text, ""] : [text.slice(0, cut), text.slice(cut + 1)];
}

type Use = (context: EmulatorContext, which: string, form: URLSearchParams) => Promise<string>;

const USES: Readonly<Record<string, Use>> = {
  clock: async (context, mode) => {
    await control(context, "POST", "/clock", { mode });
    return `The clock is ${mode}.`;
  },
  advance: async (context, ms, form) => {
    const amount = ms === "" ? Number(form.get("amount")) * Number(form.get("unit")) : Number(ms);
    if (!(amount > 0)) throw new ToolRefusal(400, "Enter how far the clock goes on.");
    await control(context, "POST", "/clock", { advance_ms: amount });
    return `The clock is at ${new Date(context.clock.now()).toISOString()}.`;
  },
  fault: addFault,
  clear_faults: async (context) => {
    await control(context, "DELETE", "/faults");
    return "No fault applies any more.";
  },
  knobs: setKnobs,
  save: async (context, _which, form) => {
    const name = (form.get("name") ?? "").trim();
    if (name === "") throw new ToolRefusal(400, "Enter a name for the snapshot.");
    await control(context, "PUT", `/snapshots/${encodeURIComponent(name)}`);
    return `Snapshot ${name} is saved.`;
  },
  restore: async (context, name) => {
    await control(context, "POST", `/snapshots/${encodeURIComponent(name)}`);
    return `This is the world of snapshot ${name}.`;
  },
  reset: async (context) => {
    await control(context, "POST", "/reset");
    return "The world begins anew.";
  },
  webhook: sendWebhook,
  scene: setScene,
};

async function control(
  context: EmulatorContext,
  method: string,
  path: string,
  body?: unknown,
): Promise<void> {
  const answer = await targetOfContext(context).control(method, path, body);
  if (answer.status !== 200) throw new ToolRefusal(answer.status, String(answer.body["error"]));
}

/** Troubles that are wanted often. */
const PRESETS: Readonly<Record<string, { label: string; rule: Record<string, unknown> }>> = {
  outage: {
    label: "Meta is down: every request gets 503",
    rule: {
      match: {},
      respond: { status: 503, error: { code: 2, message: "Service temporarily unavailable" } },
    },
  },
  throttle: {
    label: "Throttled: every request gets 80008",
    rule: { match: {}, respond: { status: 400, error: { code: 80008 } } },
  },
  reset: { label: "Every second connection breaks", rule: { match: {}, respond: "reset", probability: 0.5 } },
  slow: { label: "Every answer takes three seconds", rule: { match: {}, delay_ms: 3000 } },
};

async function addFault(context: EmulatorContext, which: string, form: URLSearchParams): Promise<string> {
  const preset = PRESETS[which];
  await control(context, "POST", "/faults", preset?.rule ?? faultIn(form));
  return preset ? `${preset.label}.` : "The fault applies from now on.";
}

function faultIn(form: URLSearchParams): Record<string, unknown> {
  const text = (name: string): string | undefined => form.get(name)?.trim() || undefined;
  const number = (name: string): number | undefined => (text(name) ? Number(text(name)) : undefined);
  const respond = text("respond");
  const code = number("code");
  return {
    match: { method: text("method"), path: text("path"), waba_id: text("fault_waba_id") },
    ...(respond === "status" && { respond: { status: number("status"), ...(code && { error: { code } }) } }),
    ...((respond === "reset" || respond === "hang") && { respond }),
    delay_ms: number("delay_ms"),
    probability: number("probability"),
    count: number("count"),
  };
}

const KNOBS = fieldsOf(knobPatchSchema);

async function setKnobs(context: EmulatorContext, _which: string, form: URLSearchParams): Promise<string> {
  const given = KNOBS.map((field) => [field.name, valueOf(field, form.getAll(field.name))] as const);
  await control(
    context,
    "POST",
    "/knobs",
    Object.fromEntries(given.filter(([, value]) => value !== undefined)),
  );
  return "The knobs are set.";
}

async function sendWebhook(context: EmulatorContext, _which: string, form: URLSearchParams): Promise<string> {
  const entryId = form.get("entry_id")?.trim();
  await control(context, "POST", "/webhooks", {
    field: form.get("field") ?? "",
    value: valueIn(form.get("value") ?? ""),
    ...(entryId && { entry_id: entryId }),
  });
  return "The webhook is on its way.";
}

function valueIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ToolRefusal(400, "The value is no JSON object.");
  }
}

async function setScene(context: EmulatorContext, which: string, form: URLSearchParams): Promise<string> {
  const [act, name] = splitOnce(which);
  const scene = await useStage(context, act as SceneAct, name, form);
  if (!scene) throw new ToolRefusal(404, `There is no scenario ${name}.`);
  if (scene.failure !== null) throw new ToolRefusal(409, `${scene.words} Then it stopped: ${scene.failure}`);
  return scene.words;
}

/** Hidden fields that bring the person back to where they were. */
export interface Place {
  wabaId: string;
  tool: Tool;
}

export function renderTool(context: EmulatorContext, place: Place): Html {
  return PANELS[place.tool](context, (body) => formOf(place, body));
}

function formOf(place: Place, body: Html): Html {
  return html`<form method="post" action="/world/tool">
    <input type="hidden" name="waba_id" value="${place.wabaId}" />
    <input type="hidden" name="tab" value="${place.tool}" />
    ${body}
  </form>`;
}

type Panel = (context: EmulatorContext, form: (body: Html) => Html) => Html;

const PANELS: Readonly<Record<Tool, Panel>> = {
  clock: clockPanel,
  faults: faultsPanel,
  knobs: knobsPanel,
  snapshots: snapshotsPanel,
  webhook: webhookPanel,
  scenarios: (context, form) => form(renderScenarios(context)),
};

const ADVANCES: readonly (readonly [label: string, ms: number])[] = [
  ["1 minute", 60_000],
  ["1 hour", 3_600_000],
  ["1 day", 86_400_000],
  ["14 days", 14 * 86_400_000],
];

const NOTABLE_MS = 60_000;

function daysOf(aheadMs: number): string {
  const days = Math.abs(aheadMs) / 86_400_000;
  const much = days >= 1 ? `${days.toFixed(1)} days` : `${(days * 24 * 60).toFixed(0)} minutes`;
  return `${much} ${aheadMs > 0 ? "ahead" : "behind"}`;
}

function clockPanel(context: EmulatorContext, form: (body: Html) => Html): Html {
  const { mode, aheadMs } = context.clock;
  const other = mode === "real" ? "frozen" : "real";
  return form(
    html`<p>
        It is <b>${new Date(context.clock.now()).toUTCString()}</b> in this world, and the clock is
        <b>${mode}</b>. Going on runs what falls due on the way: repeated webhooks, delays, reconnections.
      </p>
      ${
        Math.abs(aheadMs) < NOTABLE_MS
          ? ""
          : html`<p class="callout">
              This world is ${daysOf(aheadMs)} of real time, also while the clock runs. Only a reset brings it
              back (tab Snapshots).
            </p>`
      }
      <h3>Go on by</h3>
      <div class="buttons">
        ${ADVANCES.map(([label, ms]) => html`<button name="do" value="advance:${ms}">${label}</button>`)}
      </div>
      <div class="options">
        <div class="field">
          <label for="amount">Or by</label><input id="amount" name="amount" inputmode="decimal" />
        </div>
        <div class="field">
          <label for="unit">Unit</label>
          <select id="unit" name="unit">
            <option value="1000">seconds</option>
            <option value="60000">minutes</option>
            <option value="3600000">hours</option>
            <option value="86400000">days</option>
          </select>
        </div>
        <button name="do" value="advance:">Go on</button>
      </div>
      <h3>Mode</h3>
      <div class="buttons">
        <button name="do" value="clock:${other}">
          ${other === "frozen" ? "Freeze the clock" : "Let time run"}
        </button>
      </div>`,
  );
}

function faultsPanel(context: EmulatorContext, form: (body: Html) => Html): Html {
  const { faults } = context.store.world;
  const field = (name: string, label: string, hint = ""): Html =>
    html`<div class="field">
      <label for="${name}">${label}</label
      ><input id="${name}" name="${name}" placeholder="${hint}" autocomplete="off" />
    </div>`;
  const rowOf = (rule: FaultRule): Html =>
    html`<li class="row"><code class="small">${JSON.stringify(rule)}</code></li>`;
  const presetButton = ([name, { label }]: [string, { label: string }]): Html =>
    html`<button name="do" value="fault:${name}">${label}</button>`;
  return form(
    html`${
        faults.length === 0
          ? html`<p>No fault applies: the Graph API answers as it should.</p>`
          : html`<ul class="list" aria-label="Faults in force">
                ${faults.map(rowOf)}
              </ul>
              <div class="buttons">
                <button class="danger" name="do" value="clear_faults">End all faults</button>
              </div>`
      }
      <h3>Often wanted</h3>
      <div class="buttons">${Object.entries(PRESETS).map(presetButton)}</div>
      <h3>A rule of your own</h3>
      <div class="options">
        ${field("method", "Method", "any")} ${field("path", "Path", "*/messages")}
        ${field("fault_waba_id", "WABA", "any")}
        <div class="field">
          <label for="respond">What happens</label>
          <select id="respond" name="respond">
            <option value="status">an HTTP status</option>
            <option value="reset">the connection breaks</option>
            <option value="hang">no answer at all</option>
            <option value="delay">only the delay</option>
          </select>
        </div>
        ${field("status", "HTTP status", "500")} ${field("code", "Meta's code", "2")}
        ${field("delay_ms", "Delay in ms", "0")} ${field("probability", "Probability", "1")}
        ${field("count", "How many times", "always")}
      </div>
      <div class="buttons"><button name="do" value="fault:own">Add the rule</button></div>`,
  );
}

function knobsPanel(context: EmulatorContext, form: (body: Html) => Html): Html {
  const knobs = context.store.world.knobs as unknown as Record<string, unknown>;
  return form(
    html`<p>
        Where Meta's behaviour is undocumented or differs between reports, a knob decides. See the page of
        differences in the documentation.
      </p>
      <div class="knobs">
        ${KNOBS.map((field) => renderField({ ...field, fallback: "" }, field.name, wordsOf(knobs[field.name])))}
      </div>
      <div class="buttons"><button class="main" name="do" value="knobs">Set the knobs</button></div>`,
  );
}

function snapshotsPanel(context: EmulatorContext, form: (body: Html) => Html): Html {
  const names = Object.keys(context.store.snapshots);
  return form(
    html`${
        names.length === 0
          ? html`<p>
              No snapshot is saved yet. One holds the whole world, to be restored while the emulator runs.
            </p>`
          : html`<ul class="list" aria-label="Snapshots">
              ${names.map(
                (name) =>
                  html`<li class="row">
                    <b>${name}</b><button name="do" value="restore:${name}">Restore ${name}</button>
                  </li>`,
              )}
            </ul>`
      }
      <div class="options">
        <div class="field">
          <label for="name">Name</label><input id="name" name="name" autocomplete="off" />
        </div>
        <button name="do" value="save">Save this world</button>
      </div>
      <h3>Reset</h3>
      <p class="dim">Back to the world as it is after the start, sending nothing.</p>
      <div class="buttons"><button class="danger" name="do" value="reset">Reset the world</button></div>`,
  );
}

const SAMPLE_VALUE = `{
  "event": "PARTNER_REMOVED",
  "waba_info": { "waba_id": "100000000000001", "owner_business_id": "510000000000001" }
}`;

function webhookPanel(context: EmulatorContext, form: (body: Html) => Html): Html {
  return form(
    html`<p>Correctly signed, with any content; the world itself does not change.</p>
      <div class="field">
        <label for="field">Field</label><input id="field" name="field" value="account_update" />
      </div>
      <div class="field">
        <label for="entry_id">Envelope id</label>
        <input
          id="entry_id"
          name="entry_id"
          autocomplete="off"
          placeholder="${context.store.world.identity.partnerBusinessId}"
        />
      </div>
      <div class="field">
        <label for="value">Value, as JSON</label>
        <textarea id="value" name="value" class="mono" rows="6" spellcheck="false">${SAMPLE_VALUE}</textarea>
      </div>
      <div class="buttons"><button class="main" name="do" value="webhook">Send</button></div>`,
  );
}
