import { describeLook } from "../../src/sharing/probe/describe-probe.ts";
import { readSharedWabas } from "../../src/sharing/reconcile/reconcile-shared.ts";
import { stateOf } from "../../src/sharing/status/share-state.ts";
import type { Dice } from "../simulation/random-source.ts";
import { faultOfMemory, faultOfText, renderAll } from "./checks.ts";
import {
  EDGES,
  fakeMeta,
  healthyAnswers,
  healthyBodies,
  type Answers,
  type Edge,
  type WireAnswer,
} from "./fake-meta.ts";
import { bodyTextOf, groundlessChange, strangerIn } from "./oracle.ts";
import { lookOver, SHARE_NAMES, shareNamed, START } from "./shares.ts";
import { spoiledAnswer } from "./spoil-answer.ts";
import { cuts, type Target } from "./target.ts";
import { BUSINESS } from "../simulation/model-meta.ts";

/** Looks at one share, one after another; `spoiled` says which of the answers are not Meta's healthy ones. */
export interface AnswerCase {
  share: (typeof SHARE_NAMES)[number];
  coexistence: boolean;
  write: boolean;
  looks: Partial<Record<Edge, WireAnswer>>[];
  apartMs: number;
}

export const ANSWER_TARGET: Target<AnswerCase> = {
  name: "answers",
  through: "parseGraphAnswer, lookAtMeta, judgeLook, observe, describeLook, the WABA's page, the listing",
  make(dice) {
    const coexistence = dice.chance(0.3);
    const healthy = healthyBodies(coexistence);
    const first = spoiledLook(dice, healthy);
    // What two bad looks in a row prove is only seen when the same garbage comes twice.
    const looks = dice.chance(0.6) ? [first, first] : [first, spoiledLook(dice, healthy)];
    return {
      share: dice.pick(SHARE_NAMES),
      coexistence,
      write: dice.chance(0.6),
      looks,
      apartMs: dice.pick([0, 500, 1000, 1500, 6000, 31_000, 700_000]),
    };
  },
  sizeOf: ({ looks }) => looks.reduce((count, look) => count + Object.keys(look).length, 0),
  async run(input) {
    let memory = await shareNamed(input.share);
    for (const [index, look] of input.looks.entries()) {
      const answers: Answers = { ...healthyAnswers(input.coexistence), ...look };
      const at = START + index * input.apartMs;
      const step = await lookOver(memory, answers, at, { write: input.write, waited: index > 0 });
      const recorded = { before: stateOf(memory, at), after: stateOf(step.memory, at), memory: step.memory };
      const note = describeLook(step.replies, recorded, {
        trigger: "check",
        answers: step.look.answers,
        hints: memory.hints,
      });
      const noteText = JSON.stringify(note);
      const told =
        note === null ? null : (faultOfText(noteText) ?? (noteText.length > 20_000 ? "too much" : null));
      if (told !== null) return `the timeline is told ${told}`;
      renderAll(step.memory, at);
      const fault =
        faultOfMemory(step.memory) ??
        strangerIn(step.memory) ??
        groundlessChange(memory, step.memory, answers);
      if (fault !== null) return fault;
      await readListing(answers);
      memory = step.memory;
    }
    return null;
  },
  *smaller(input) {
    for (const [index, look] of input.looks.entries())
      for (const edge of Object.keys(look) as Edge[]) {
        const { [edge]: answer, ...rest } = look;
        yield { ...input, looks: input.looks.with(index, rest) };
        if (answer === undefined || typeof answer === "string") continue;
        for (const cut of cuts(Buffer.from(answer.body))) {
          const next = { ...look, [edge]: { ...answer, body: cut } };
          // The same garbage twice stays the same.
          yield {
            ...input,
            looks: input.looks.map((each, at) => (at === index || each === look ? next : each)),
          };
        }
      }
  },
  describe: ({ share, looks, write, apartMs }) => [
    `share: ${share}, ${looks.length} looks ${apartMs} ms apart${write ? ", with the write" : ""}`,
    ...looks.flatMap((look, index) =>
      (Object.keys(look) as Edge[]).map(
        (edge) => `look ${index + 1}, ${edge}: ${bodyTextOf(look as Answers, edge)}`,
      ),
    ),
  ],
};

function spoiledLook(dice: Dice, healthy: ReturnType<typeof healthyBodies>): AnswerCase["looks"][number] {
  const edges = Array.from({ length: dice.pick([1, 1, 1, 2, 3]) }, () => dice.pick(EDGES));
  return Object.fromEntries(edges.map((edge) => [edge, spoiledAnswer(dice, healthy, edge)]));
}

async function readListing(answers: Answers): Promise<void> {
  const account = {
    connectionId: "default",
    businessId: BUSINESS,
    appId: "1",
    systemUserId: "2",
    token: "token",
  };
  const listing = await readSharedWabas({ ...account, graph: fakeMeta(answers, () => START) });
  const fault = faultOfText(JSON.stringify(listing));
  if (fault !== null) throw new Error(`the listing holds ${fault}`);
}
