import { expect, test } from "vitest";
import type { GraphAnswer, GraphReply } from "../meta/graph-reply.ts";
import type { Examination } from "./check.ts";
import { PORTFOLIO_CHECK, TOKEN_CHECKS } from "./token-checks.ts";

const US = {
  partnerBusinessId: "730000000000001",
  metaSystemUserId: "610000000000001",
  partnerName: "360dialog",
};
const REFUSED: GraphAnswer = {
  kind: "refusal",
  status: 400,
  fault: {
    ...{ code: 100, subcode: null, type: null, message: "no such field" },
    ...{ details: null, traceId: null, transient: null },
  },
};
const USER = { id: US.metaSystemUserId, name: "Admin", role: "ADMIN" };
const NODE = { id: US.partnerBusinessId, name: "360dialog", verification_status: "verified" };

/** Meta, which refuses each read that asks for one of these fields. */
function examination(...refused: string[]): Examination {
  const ask = (path: string, query: Record<string, string> = {}): Promise<GraphReply> => {
    const fields = (query.fields ?? "").split(",");
    const show = (node: object): Record<string, unknown> =>
      Object.fromEntries(Object.entries(node).filter(([name]) => fields.includes(name)));
    const body = path.endsWith("/system_users") ? { data: [show(USER)] } : show(NODE);
    const answer: GraphAnswer = fields.some((field) => refused.includes(field))
      ? REFUSED
      : { kind: "success", status: 200, body, usage: null };
    return Promise.resolve({ request: { method: "GET", path }, askedAt: 1, answeredAt: 1, ...answer });
  };
  return { config: US, ask } as unknown as Examination;
}

const portfolio = (...refused: string[]) => PORTFOLIO_CHECK.run(examination(...refused));
const systemUser = (...refused: string[]) => TOKEN_CHECKS[0]?.run(examination(...refused));

test("field case 1: a refused field of the portfolio does not make the portfolio refused", async () => {
  expect(await portfolio()).toMatchObject({ state: "ok" });
  expect(await portfolio("verification_status")).toMatchObject({
    state: "warning",
    sentence: "360dialog (730000000000001); Meta does not show its verification",
  });
  expect(await portfolio("name")).toMatchObject({
    state: "ok",
    sentence: expect.stringContaining("verified"),
  });
  expect(await portfolio("id")).toMatchObject({ state: "bad" });
});

test("field case 1: a system user whose role is refused is not called an employee", async () => {
  expect(await systemUser()).toMatchObject({ state: "ok" });
  expect(await systemUser("name")).toMatchObject({
    state: "ok",
    sentence: `${USER.id} (${USER.id}) is an admin`,
  });
  expect(await systemUser("role")).toMatchObject({
    state: "warning",
    sentence: expect.stringContaining("error 100: no such field"),
  });
});
