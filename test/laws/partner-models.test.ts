import { describe, expect, test } from "vitest";
import { derive } from "../../src/sharing/status/derive.ts";
import { observe } from "../../src/sharing/rules/observe.ts";
import { PARTNER_MODELS } from "../../src/sharing/model/partner-model.ts";
import { stateOf } from "../../src/sharing/status/share-state.ts";
import {
  BOTH,
  caseText,
  everyOf,
  recordOf,
  NOW,
  rowByTheText,
  SOUND,
  VERDICTS,
  type Case,
} from "./status-cases.ts";

describe("partner models", () => {
  /**
   * The rule book, in a second plain form: what row 4 requires of each model, and who must
   * act.
   */
  const MODELS = {
    portfolio_share: { asks: ["Shared", "FullControl"], sends: "either", who: "client" },
    app_grant: { asks: ["Shared", "FullControl", "AppInstalled"], sends: "client", who: "client" },
    multi_partner_solution: { asks: ["Shared", "FullControl"], sends: "either", who: "client" },
    owned: { asks: ["Shared", "FullControl"], sends: "system_user", who: "provider" },
  } as const;
  const names = Object.keys(MODELS) as (keyof typeof MODELS)[];

  test("the table has these models and no other", () =>
    expect(PARTNER_MODELS.map(({ name }) => name).toSorted()).toEqual(names.toSorted()));

  test.each(names)("%s: row 4 requires these conditions, and no others", (name) => {
    const wrong: string[] = [];
    let count = 0;
    const answers = { shared: VERDICTS, control: VERDICTS, app: VERDICTS, token: VERDICTS };
    for (const given of everyOf({ ...answers, appRequired: BOTH })) {
      count += 1;
      const one: Case = { ...SOUND, ...given };
      const asks: readonly string[] = MODELS[name].asks;
      const appRequired = one.appRequired || asks.includes("AppInstalled");
      const expected = rowByTheText({ ...one, appRequired });
      const derived = derive({ ...recordOf(one), partnerModel: name }, NOW);
      const who = derived.row.number === 4 ? derived.who : MODELS[name].who;
      if (derived.row.number !== expected || who !== MODELS[name].who)
        wrong.push(`${name} ${caseText(one)}: row ${derived.row.number}, ${derived.who}`);
    }
    expect(wrong.slice(0, 3)).toEqual([]);
    expect(count).toBe(162);
  });

  test.each(names)("%s: the conditions say whether they are required", (name) => {
    for (const sends of BOTH) {
      const state = stateOf({ ...recordOf({ ...SOUND, appRequired: sends }), partnerModel: name }, NOW);
      const required = state.conditions.filter((condition) => condition.required).map(({ type }) => type);
      const asks: readonly string[] = MODELS[name].asks;
      expect(required.includes("AppInstalled")).toBe(sends || asks.includes("AppInstalled"));
      expect(required).toEqual(
        expect.arrayContaining([
          "Shared",
          "FullControl",
          "TokenValid",
          "WebhookSubscribed",
          "MessagingAllowed",
        ]),
      );
    }
  });

  test("a record from before there were several is a share with our portfolio", () => {
    const { partnerModel: none, ...old } = recordOf({ ...SOUND, app: "False" });
    expect(none).toBeUndefined();
    expect(derive(old, NOW).status).toBe("live");
    expect(stateOf(old, NOW).partnerModel).toBe("portfolio_share");
  });

  test.each(names)("%s: the model decides which token it sends with, or the operator", (name) => {
    const set = (sendsWithClientToken: boolean) =>
      observe(
        recordOf(SOUND),
        { type: "command", command: { kind: "configure", partnerModel: name, sendsWithClientToken } },
        NOW,
      ).sendsWithClientToken;
    const { sends } = MODELS[name];
    expect([set(false), set(true)]).toEqual([sends === "client", sends !== "system_user"]);
  });
});
