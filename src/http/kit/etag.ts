import { createHash } from "node:crypto";
import { Problem } from "../../problems.ts";

/**
 * ETags of what two people may edit. A tag is `"<version>-<digest>"`: the version counts the edits of people,
 * the digest is of the answer's bytes. `If-Match` compares the versions, because a status that Meta has
 * changed meanwhile must not refuse an edit of the tags; `If-None-Match` compares all of it, so that a 304
 * never hides a change.
 */

/** Whether a version is one that the caller has seen. */
export type VersionMatch = (version: number) => boolean;

const TAG = /^(?:W\/)?"(\d{1,9})(?:-[\w-]*)?"$/;

/**
 * What the header If-Match demands. Without the header, and with `*`, every version matches. Compressing an
 * answer makes its tag a weak one; that one is taken too.
 *
 * @throws Problem invalid_request when the header holds no tag of ours
 */
export function ifMatchOf(request: Request): VersionMatch {
  const header = request.headers.get("if-match")?.trim();
  if (header === undefined || header === "*") return () => true;
  const versions = header.split(",").map((tag) => versionOf(tag.trim()));
  return (version) => versions.includes(version);
}

function versionOf(tag: string): number {
  const version = TAG.exec(tag)?.[1];
  if (version !== undefined) return Number(version);
  const wish = "Send the ETag of the answer that you edited, with its quotation marks";
  throw new Problem("invalid_request", { faults: `The header If-Match is ${tag.slice(0, 100)}. ${wish}` });
}

/** Announces the version of what a route answers. The answer gets its whole ETag when it is rendered. */
export function setVersion(answerHeaders: Headers, version: number): void {
  answerHeaders.set("ETag", `"${version}"`);
}

/** Completes the tag of `setVersion` with the digest of the answer. */
export function completeTag(answerHeaders: Headers, body: Uint8Array): void {
  const version = answerHeaders.get("ETag")?.slice(1, -1);
  if (version === undefined) return;
  const digest = createHash("sha256").update(body).digest("base64url").slice(0, 16);
  answerHeaders.set("ETag", `"${version}-${digest}"`);
}

/** Whether the caller has this answer already, by If-None-Match. */
export function isKnown(request: Request, answerHeaders: Headers): boolean {
  const tag = answerHeaders.get("ETag");
  const known = request.headers.get("if-none-match");
  if (tag === null || known === null || request.method !== "GET") return false;
  return known.split(",").some((entry) => entry.trim() === "*" || entry.trim().replace(/^W\//, "") === tag);
}
