import { describe, expect, test } from "vitest";
import type { HttpRequest } from "../http/http-server.ts";
import { bodyOf, ControlRefusal } from "./control-call.ts";

function requestWith(rawBody: string, type: string): HttpRequest {
  return { method: "POST", path: "/", query: {}, headers: { "content-type": type }, rawBody, origin: "" };
}

describe("bodyOf", () => {
  test.each(["application/json", "application/x-www-form-urlencoded", ""])(
    "reads JSON under the header %j",
    (type) => {
      expect(bodyOf(requestWith('{"mode":"frozen"}', type))).toEqual({ mode: "frozen" });
    },
  );

  test("takes no body for no parameters", () => {
    expect(bodyOf(requestWith("", "application/json"))).toEqual({});
  });

  test.each(["[1]", "no JSON", "a=1"])("refuses %s", (body) => {
    expect(() => bodyOf(requestWith(body, ""))).toThrow(ControlRefusal);
  });
});
