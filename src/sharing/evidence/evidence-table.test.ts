import { expect, it } from "vitest";
import { parseGraphAnswer } from "../../meta/graph-reply.ts";
import { metaMessageOf } from "./evidence-table.ts";

it("a refusal is shown with Meta's explanation for people (field case 3)", () => {
  const error = {
    message: "Invalid parameter",
    code: 100,
    error_subcode: 2388001,
    error_user_title: "Cannot Create Certificate",
    error_user_msg: "Your display name has not been approved yet.",
  };
  const body = new TextEncoder().encode(JSON.stringify({ error }));
  const request = { method: "POST", path: "/1/register" };
  const refused = parseGraphAnswer({ status: 400, headers: {}, body });
  expect(metaMessageOf({ request, askedAt: 0, answeredAt: 0, ...refused })).toBe(
    "HTTP 400, error 100/2388001: Cannot Create Certificate: Your display name has not been approved yet.",
  );
});
