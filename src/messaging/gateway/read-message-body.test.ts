import { EventEmitter } from "node:events";
import type { IncomingMessage } from "node:http";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { readMessageBody } from "./read-message-body.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

it("S5: releases its bytes once the memory is full, although the request continues", async () => {
  const request = Object.assign(new EventEmitter(), { headers: {} });
  const kinds: string[] = [];
  const room = [true, false];
  readMessageBody(
    request as unknown as IncomingMessage,
    () => room.shift() === true,
    ({ kind }) => kinds.push(kind),
  );
  const give = (): WeakRef<Buffer> => {
    const chunk = Buffer.alloc(100_000);
    request.emit("data", chunk);
    return new WeakRef(chunk);
  };
  const first = give();
  give();
  expect(kinds).toEqual(["no_room"]);
  await new Promise(setImmediate);
  collectGarbage();
  expect(first.deref()).toBeUndefined();
  request.emit("end");
  expect(kinds).toEqual(["no_room"]);
});
