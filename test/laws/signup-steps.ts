import * as fc from "fast-check";

const PEOPLE = [0, 1] as const;

/** One event of a history of the signup law. */
export type Step =
  | { do: "begin" | "finish" | "finish_other" | "code" | "message" | "gave_up" | "lie"; person: 0 | 1 }
  /** The code comes while two instances run their loops. */
  | { do: "race"; person: 0 | 1 }
  /** The client removes the share right before the nth call to Meta from now on. */
  | { do: "cut"; calls: number }
  | { do: "loop" | "probe" | "told_added" | "told_removed" | "removed" | "reduced" }
  | { do: "pass"; seconds: number }
  /** The process dies at the nth call to Meta from now on, before it leaves or after it was answered. */
  | { do: "die"; calls: number; answered: boolean };

const person = fc.constantFrom(...PEOPLE);
/** Any step; those of a signup that goes well are frequent. */
export const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant("begin" as const), person }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("finish" as const), person }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("finish_other" as const), person }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("code" as const), person }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("message" as const), person }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("gave_up" as const), person }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("lie" as const), person }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("race" as const), person }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("cut" as const), calls: fc.integer({ min: 1, max: 8 }) }),
  },
  { weight: 3, arbitrary: fc.constant({ do: "loop" as const }) },
  { weight: 1, arbitrary: fc.constant({ do: "probe" as const }) },
  { weight: 1, arbitrary: fc.constant({ do: "told_added" as const }) },
  { weight: 1, arbitrary: fc.constant({ do: "told_removed" as const }) },
  { weight: 2, arbitrary: fc.constant({ do: "removed" as const }) },
  { weight: 2, arbitrary: fc.constant({ do: "reduced" as const }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("pass" as const), seconds: fc.constantFrom(1, 6, 35, 65) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("die" as const),
      calls: fc.integer({ min: 1, max: 6 }),
      answered: fc.boolean(),
    }),
  },
);

const signedUp = (...between: Step[]): Step[] => [
  { do: "begin", person: 0 },
  { do: "finish", person: 0 },
  ...between,
  { do: "code", person: 0 },
  { do: "message", person: 0 },
  { do: "loop" },
];

/**
 * Orders that once failed, or that random histories rarely contain: rights reduced between the dialog's end
 * and its events, a page that gave up before the code came, a lie about the WABA, a code that comes while an
 * instance that died holds the signup.
 */
export const EXAMPLES: [boolean, Step[]][] = [
  [true, signedUp({ do: "reduced" })],
  [false, signedUp({ do: "reduced" })],
  [false, signedUp({ do: "gave_up", person: 0 })],
  [true, signedUp({ do: "lie", person: 0 })],
  [
    true,
    [
      { do: "begin", person: 0 },
      { do: "finish", person: 0 },
      { do: "message", person: 0 },
      { do: "die", calls: 3, answered: true },
      { do: "code", person: 0 },
      { do: "begin", person: 1 },
      { do: "finish", person: 1 },
      { do: "race", person: 1 },
      { do: "message", person: 1 },
    ],
  ],
];
