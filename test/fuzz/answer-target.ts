import { describeProbe } from "../../src/sharing/probe/describe-probe.ts";
import { readSharedWabas } from "../../src/sharing/reconcile/reconcile-shared.ts";
import { stateOf } from "../../src/sharing/status/share-state.ts";
import type { RandomSource } from "../simulation/random-source.ts";
import { faultOfRecord, faultOfText, renderAll } from "./checks.ts";
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
import { probeOver, SHARE_NAMES, shareNamed, START } from "./shares.ts";
import { spoiledAnswer } from "./spoil-answer.ts";
import { cuts, type Target } from "./target.ts";
import { BUSINESS } from "../simulation/model-meta.ts";

/**
 * Probes of one share, one after another; `spoiled` says which of the answers are not Meta's healthy ones.
 */
export interface AnswerCase {
  share: (typeof SHARE_NAMES)[number];
  coexistence: boolean;
  write: boolean;
  probes: Partial<Record<Edge, WireAnswer>>[];
  apartMs: number;
}

export const ANSWER_TARGET: Target<AnswerCase> = {
  name: "answers",
  through: "parseGraphAnswer, lookAtMeta, judgeLook, observe, describeLook, the WABA's page, the listing",
  make(random) {
    const coexistence = random.chance(0.3);
    const healthy = healthyBodies(coexistence);
    const first = spoiledProbe(random, healthy);
    // The result of two bad probes in a row shows only when the same garbage comes twice.
    const probes = random.chance(0.6) ? [first, first] : [first, spoiledProbe(random, healthy)];
    return {
      share: random.pick(SHARE_NAMES),
      coexistence,
      write: random.chance(0.6),
      probes,
      apartMs: random.pick([0, 500, 1000, 1500, 6000, 31_000, 700_000]),
    };
  },
  sizeOf: ({ probes }) => probes.reduce((count, probe) => count + Object.keys(probe).length, 0),
  async run(input) {
    let record = await shareNamed(input.share);
    for (const [index, probe] of input.probes.entries()) {
      const answers: Answers = { ...healthyAnswers(input.coexistence), ...probe };
      const at = START + index * input.apartMs;
      const step = await probeOver(record, answers, at, { write: input.write, waited: index > 0 });
      const recorded = { before: stateOf(record, at), after: stateOf(step.record, at), record: step.record };
      const note = describeProbe(step.replies, recorded, {
        trigger: "check",
        answers: step.probe.answers,
        hints: record.hints,
      });
      const noteText = JSON.stringify(note);
      const noteFault =
        note === null ? null : (faultOfText(noteText) ?? (noteText.length > 20_000 ? "too much" : null));
      if (noteFault !== null) return `the timeline entry has ${noteFault}`;
      renderAll(step.record, at);
      const fault =
        faultOfRecord(step.record) ??
        strangerIn(step.record) ??
        groundlessChange(record, step.record, answers);
      if (fault !== null) return fault;
      await readListing(answers);
      record = step.record;
    }
    return null;
  },
  *smaller(input) {
    for (const [index, probe] of input.probes.entries())
      for (const edge of Object.keys(probe) as Edge[]) {
        const { [edge]: answer, ...rest } = probe;
        yield { ...input, probes: input.probes.with(index, rest) };
        if (answer === undefined || typeof answer === "string") continue;
        for (const cut of cuts(Buffer.from(answer.body))) {
          const next = { ...probe, [edge]: { ...answer, body: cut } };
          // The same garbage twice stays the same.
          yield {
            ...input,
            probes: input.probes.map((each, at) => (at === index || each === probe ? next : each)),
          };
        }
      }
  },
  describe: ({ share, probes, write, apartMs }) => [
    `share: ${share}, ${probes.length} probes ${apartMs} ms apart${write ? ", with the write" : ""}`,
    ...probes.flatMap((probe, index) =>
      (Object.keys(probe) as Edge[]).map(
        (edge) => `probe ${index + 1}, ${edge}: ${bodyTextOf(probe as Answers, edge)}`,
      ),
    ),
  ],
};

function spoiledProbe(
  random: RandomSource,
  healthy: ReturnType<typeof healthyBodies>,
): AnswerCase["probes"][number] {
  const edges = Array.from({ length: random.pick([1, 1, 1, 2, 3]) }, () => random.pick(EDGES));
  return Object.fromEntries(edges.map((edge) => [edge, spoiledAnswer(random, healthy, edge)]));
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
