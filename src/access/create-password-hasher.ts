import { argon2, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import type { Random } from "../lib/random.ts";
import { laterProblem } from "../problems.ts";
import { normalizedPassword } from "./password-rules.ts";

/**
 * argon2id with the parameters that OWASP names: 19 MiB, 2 passes, 1 lane. Kept in PHC form, so that a later
 * release can raise them. Two at once, so that a burst of sign-ins cannot take the memory; the others wait,
 * and beyond 64 that wait the caller is asked to come back. `memory` is in KiB.
 */
const OURS = { memory: 19_456, passes: 2, lanes: 1 };
const TAG_BYTES = 32;
const SALT_BYTES = 16;
const AT_ONCE = 2;
const MOST_WAITING = 64;
const RETRY_MS = 2000;

/** Passwords, hashed and compared. Holds the queue; the texts are forgotten at once. */
export interface PasswordHasher {
  /** Runs `task`, which hashes or compares, in its turn. @throws Problem too_many_sign_ins */
  inTurn<Result>(task: () => Promise<Result>): Promise<Result>;
  /** In PHC form: "$argon2id$v=19$m=19456,t=2,p=1$salt$tag". Call it in turn. */
  hash(password: string): Promise<string>;
  /**
   * Whether the password is the one of `phc`. Null, for somebody who has none, takes as long and is false.
   * Call it in turn.
   */
  isRight(password: string, phc: string | null): Promise<boolean>;
}

export function createPasswordHasher({ random }: { random: Random }): PasswordHasher {
  const waiting: (() => void)[] = [];
  let running = 0;
  const dummy = phcOf({ ...OURS, salt: random.bytes(SALT_BYTES) }, random.bytes(TAG_BYTES));
  return {
    async inTurn(task) {
      if (running >= AT_ONCE) {
        if (waiting.length >= MOST_WAITING) throw laterProblem("too_many_sign_ins", RETRY_MS);
        await new Promise<void>((resolve) => waiting.push(resolve));
      } else running += 1;
      try {
        return await task();
      } finally {
        const next = waiting.shift();
        // The place is handed on, so that nobody who comes now takes it first.
        if (next === undefined) running -= 1;
        else next();
      }
    },
    async hash(password) {
      const cost = { ...OURS, salt: random.bytes(SALT_BYTES) };
      return phcOf(cost, await tagOf(password, cost));
    },
    async isRight(password, phc) {
      const { cost, tag } = parsePhc(phc ?? dummy);
      return timingSafeEqual(await tagOf(password, { ...cost, bytes: tag.length }), tag) && phc !== null;
    },
  };
}

interface Cost {
  memory: number;
  passes: number;
  lanes: number;
  salt: Buffer;
}

const derive = promisify(argon2);

function tagOf(
  password: string,
  { salt, bytes = TAG_BYTES, ...cost }: Cost & { bytes?: number },
): Promise<Buffer> {
  return derive("argon2id", {
    message: normalizedPassword(password),
    nonce: salt,
    parallelism: cost.lanes,
    memory: cost.memory,
    passes: cost.passes,
    tagLength: bytes,
  });
}

/** Without the padding of base64, as PHC has it. */
const phcOf = ({ memory, passes, lanes, salt }: Cost, tag: Buffer): string =>
  `$argon2id$v=19$m=${memory},t=${passes},p=${lanes}$${bareBase64(salt)}$${bareBase64(tag)}`;

const bareBase64 = (bytes: Buffer): string => bytes.toString("base64").replace(/=+$/, "");

const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/;

function parsePhc(phc: string): { cost: Cost; tag: Buffer } {
  const [, memory, passes, lanes, salt = "", tag = ""] = PHC.exec(phc) ?? [];
  if (tag === "") throw new Error("the hash of a password is not in PHC form");
  return {
    cost: {
      ...{ memory: Number(memory), passes: Number(passes), lanes: Number(lanes) },
      salt: Buffer.from(salt, "base64"),
    },
    tag: Buffer.from(tag, "base64"),
  };
}
