import { PassThrough } from "node:stream";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { collectBody, readBody, type CollectedBody } from "./read-body.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

describe("reading a body", () => {
  const bodyOf = (...parts: string[]) => PassThrough.from(parts.map((part) => Buffer.from(part)));

  it("returns its bytes, up to the limit", async () => {
    expect((await readBody(bodyOf("ab", "cd"), 4))?.toString()).toBe("abcd");
    expect((await readBody(bodyOf(), 4))?.length).toBe(0);
  });

  it("stops at the chunk that is beyond the limit", async () => {
    const body = bodyOf("ab", "cd", "ef");
    expect(await readBody(body, 3)).toBeNull();
    expect(body.destroyed).toBe(true);
  });

  it("rejects when the sender leaves", async () => {
    const body = new PassThrough();
    const read = readBody(body, 10);
    body.destroy(new Error("gone"));
    await expect(read).rejects.toThrow("gone");
  });
});

describe("collecting a body", () => {
  /** What `done` received, and what `mayKeep` was asked. */
  function collect(limitBytes: number, mayKeep: (chunk: number, body: number) => boolean = () => true) {
    const request = new PassThrough();
    const received: CollectedBody[] = [];
    const asked: [number, number][] = [];
    const limits = {
      limitBytes,
      mayKeep: (chunk: number, body: number) => asked.push([chunk, body]) > 0 && mayKeep(chunk, body),
    };
    const ended = new Promise<void>((resolve) => request.once("close", resolve));
    collectBody(request, limits, (collected) => received.push(collected));
    return { request, received, asked, ended };
  }

  it("passes the whole body on, once", async () => {
    const { request, received, asked, ended } = collect(4);
    request.write("ab");
    request.end("cd");
    await ended;
    expect(received).toEqual([{ kind: "whole", body: Buffer.from("abcd") }]);
    expect(asked).toEqual([
      [2, 2],
      [2, 4],
    ]);
  });

  it.each([
    ["too_large", 3, () => true],
    ["no_room", 10, (_chunk: number, body: number) => body < 3],
  ] as const)("%s: says so at once, and discards the rest", async (kind, limitBytes, mayKeep) => {
    const { request, received, ended } = collect(limitBytes, mayKeep);
    for (const part of ["ab", "cd", "ef"]) request.write(part);
    request.end();
    await ended;
    expect(received).toEqual([{ kind }]);
  });

  it.each([undefined, new Error("reset")])("a sender that leaves is gone (%s)", async (error) => {
    const { request, received, ended } = collect(10);
    request.write("ab");
    request.destroy(error);
    await ended;
    expect(received).toEqual([{ kind: "gone" }]);
  });

  it("S5: releases its bytes once the memory is full, although the request continues", async () => {
    const room = [true, false];
    const { request, received } = collect(1_000_000, () => room.shift() === true);
    const give = (): WeakRef<Buffer> => {
      const chunk = Buffer.alloc(100_000);
      request.emit("data", chunk);
      return new WeakRef(chunk);
    };
    const first = give();
    give();
    expect(received).toEqual([{ kind: "no_room" }]);
    await new Promise(setImmediate);
    collectGarbage();
    expect(first.deref()).toBeUndefined();
    request.emit("end");
    expect(received).toEqual([{ kind: "no_room" }]);
  });
});
