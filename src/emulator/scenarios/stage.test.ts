import { expect, test } from "vitest";
import type { ScenarioTarget } from "./scenario.ts";
import { scenarioNamed } from "./scenarios.ts";
import type { Scenario } from "./scenario.ts";
import { ScenarioStage } from "./stage.ts";

const REMOVED = scenarioNamed("partner-removed") as Scenario;
const OUTAGE = scenarioNamed("meta-outage") as Scenario;

function open() {
  const asked: string[] = [];
  const pauses: { ms: number; end: () => void }[] = [];
  const target: ScenarioTarget = {
    control: (method, path) => {
      asked.push(`${method} ${path}`);
      return Promise.resolve({ status: 200, body: {} });
    },
    page: () => Promise.reject(new Error("no page is walked here")),
  };
  const stage = new ScenarioStage(
    (ms, signal) =>
      new Promise((resolve) => {
        pauses.push({ ms, end: resolve });
        signal.addEventListener("abort", () => resolve());
      }),
  );
  return { stage, target, asked: () => asked.filter((call) => !call.endsWith("/settle")), pauses };
}

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 100; turn += 1) await Promise.resolve();
};

test("M9: step by step, and no reset unless it is asked for", async () => {
  const { stage, target, asked } = open();
  await stage.next(target, REMOVED, { reset: false });
  expect(asked()).toEqual(["POST /actions"]);
  expect(stage.now).toMatchObject({ done: [{ n: 1 }], isPlaying: false });
  await stage.next(target, REMOVED, { reset: true });
  await stage.next(target, REMOVED, { reset: false });
  expect(asked()).toEqual(["POST /actions", "POST /clock", "POST /actions"]);
  await stage.next(target, REMOVED, { reset: true });
  expect(asked().slice(3)).toEqual(["POST /reset", "POST /actions"]);
});

test("M9: played by itself it waits before the repair, so that the loss can be seen", async () => {
  const { stage, target, asked, pauses } = open();
  const playing = stage.play(target, REMOVED, { reset: false, pauseMs: 5000 });
  await turns();
  expect(asked()).toEqual(["POST /actions", "POST /clock"]);
  expect(pauses.map(({ ms }) => ms)).toEqual([5000]);
  expect(stage.now?.isPlaying).toBe(true);
  pauses[0]?.end();
  expect(await playing).toMatchObject({ done: [{}, {}, {}], isPlaying: false });
});

test("halted it can be gone on with; another one takes its place", async () => {
  const { stage, target, asked } = open();
  const playing = stage.play(target, REMOVED, { reset: false, pauseMs: 5000 });
  await turns();
  stage.halt();
  await playing;
  expect(stage.now).toMatchObject({ done: [{}, {}], isPlaying: false });
  await stage.next(target, OUTAGE, { reset: false });
  expect(stage.now).toMatchObject({ scenario: OUTAGE, done: [{}] });
  expect(asked().at(-1)).toBe("POST /faults");
});

test("a step that cannot be done stops it, and says why", async () => {
  const { stage, target } = open();
  const broken: ScenarioTarget = {
    ...target,
    control: () => Promise.resolve({ status: 409, body: { error: "not assigned" } }),
  };
  await stage.play(broken, REMOVED, { reset: false, pauseMs: 0 });
  expect(stage.now).toMatchObject({ done: [], failure: "not assigned", isPlaying: false });
});

test("two clicks at once do two steps, one after the other, and each once", async () => {
  const { stage, target, asked } = open();
  await Promise.all([1, 2].map(() => stage.next(target, REMOVED, { reset: true })));
  expect(asked()).toEqual(["POST /reset", "POST /actions", "POST /clock"]);
  expect(stage.now?.done.map(({ n }) => n)).toEqual([1, 2]);
});

test("a click while it plays waits for the step under way, does the next one and ends the playing", async () => {
  const { stage, target, asked } = open();
  const playing = stage.play(target, REMOVED, { reset: false, pauseMs: 0 });
  await stage.next(target, REMOVED, { reset: false });
  await playing;
  const { length } = asked();
  expect(stage.now?.done.map(({ n }) => n)).toEqual(Array.from({ length }, (_, index) => index + 1));
  expect(new Set(stage.now?.done.map(({ n }) => n)).size).toBe(length);
});

test("a reset that fails is a failure of the scene, and no error that nobody catches", async () => {
  const { stage, target } = open();
  const broken: ScenarioTarget = { ...target, control: () => Promise.reject(new Error("no reset")) };
  const scene = await stage.play(broken, REMOVED, { reset: true, pauseMs: 5000 });
  expect(scene).toMatchObject({ failure: "no reset", isPlaying: false, done: [] });
});
