import { expect, test } from "vitest";
import { callbackFaultOf } from "./callback-fault.ts";

test.each([
  ["https://own.example/hook", null, null],
  ["http://own.example/hook", /use https, or http on a loopback/, /use https$/],
  ["http://127.0.0.1:4000/hook", null, /use https$/],
  ["http://localhost:4000/hook", null, /use https$/],
  ["http://[::1]:4000/hook", null, /use https$/],
  ["http://127.0.0.1.evil.example/hook", /use https/, /use https$/],
  ["https://user:pass@own.example/hook", /user name or a password/, /user name or a password/],
])("S21: %s, in the sandbox and in production", (uri, sandbox, production) => {
  for (const [isSandbox, fault] of [
    [true, sandbox],
    [false, production],
  ] as const) {
    const found = callbackFaultOf(uri, isSandbox);
    if (fault === null) expect(found).toBeNull();
    else expect(found).toMatch(fault);
  }
});
