import { z } from "@hono/zod-openapi";
import type { Actor } from "../../../access/actor.ts";
import { isColleague } from "../../../access/colleague.ts";
import { readPeople } from "../../../access/person-store.ts";
import { addNote } from "../../../cases/add-note.ts";
import { changeCase } from "../../../cases/change-case.ts";
import { Problem } from "../../../problems.ts";
import type { By, RecordDeps } from "../../../sharing/record/record-observation.ts";
import { defineRoute, type Route } from "../../kit/route.ts";
import { getAssetId } from "../wabas/get-waba.ts";
import { Instant, TAG_LENGTH } from "../wabas/waba-schema.ts";
import { WabaId } from "../wabas/wabas.ts";

const TAGS = 20;
const NOTE_LENGTH = 4000;
const MENTIONS = 20;

export const CaseFields = z.strictObject({
  owner_id: z
    .string()
    .max(100)
    .nullable()
    .optional()
    .openapi({ description: "Who is on it: a person's id, or `me`. Null: nobody." }),
  tags: z
    .array(
      z
        .string()
        .trim()
        .min(1)
        .max(TAG_LENGTH)
        .regex(/^[^,]*$/, "a tag holds no comma"),
    )
    .max(TAGS)
    .optional(),
  snoozed_until: Instant.nullable().optional().openapi({
    description: "Until when it may wait, an instant in the future. Null: it may not.",
  }),
});

/**
 * Changes the case of a WABA.
 *
 * @throws Problem person_not_found, changed_meanwhile, or invalid_request for a snooze in the past
 */
export async function saveCaseFields(
  deps: RecordDeps,
  input: {
    assetId: string;
    fields: z.output<typeof CaseFields>;
    /** Whether a version is the one that the caller read. */
    isCurrent: (version: number) => boolean;
    actor: Actor;
    by: By;
  },
): Promise<void> {
  const { owner_id, tags, snoozed_until } = input.fields;
  const until = snoozed_until == null ? snoozed_until : Date.parse(snoozed_until);
  if (until != null && until <= deps.clock.now())
    throw new Problem("invalid_request", { faults: "snoozed_until: give an instant in the future" });
  const ownerId = owner_id === "me" ? input.actor.id : owner_id;
  const outcome = await changeCase(deps, {
    ...input,
    change: {
      ...(ownerId !== undefined && { ownerId }),
      ...(tags !== undefined && { tags }),
      ...(until !== undefined && { snoozedUntil: until }),
    },
  });
  if (outcome === "conflict") throw new Problem("changed_meanwhile");
  if (outcome === "unknown_person") throw new Problem("person_not_found", { id: owner_id ?? "" });
}

const note = defineRoute({
  method: "POST",
  path: "/api/v1/wabas/{waba_id}/notes",
  who: "support",
  name: "addNote",
  group: "WABAs",
  summary: "Write a note on the timeline of a WABA",
  description:
    "Notes are never changed or removed. Everybody who may read the WABA reads them; its client does not.",
  params: WabaId,
  body: z.strictObject({
    text: z.string().trim().min(1, "write something").max(NOTE_LENGTH),
    mentions: z
      .array(z.string().max(100))
      .max(MENTIONS)
      .default([])
      .openapi({ description: "Ids of people whom it concerns." }),
  }),
  answer: { status: 204, description: "The note is on the timeline." },
  problems: ["waba_not_found", "person_not_found", "foreign_origin"],
  audit: "note.added",
  async handle({ deps, params, body, by }) {
    const assetId = await getAssetId(deps.db, params.waba_id);
    const outcome = await addNote(deps, { assetId, ...body, by });
    if (outcome === "unknown_person") throw new Problem("person_not_found", { id: body.mentions.join(", ") });
    return null;
  },
});

const Colleague = z.object({ id: z.string(), name: z.string() }).openapi("Colleague");

const colleagues = defineRoute({
  method: "GET",
  path: "/api/v1/colleagues",
  who: "support",
  name: "listColleagues",
  group: "Directory",
  summary: "Who may be on a WABA or be mentioned: the provider's people who can sign in",
  answer: {
    status: 200,
    description: "By name.",
    schema: z.object({ data: z.array(Colleague) }).openapi("ColleagueList"),
  },
  problems: [],
  audit: null,
  async handle({ deps }) {
    const people = (await readPeople(deps.db)).filter(isColleague);
    return { data: people.map(({ id, name }) => ({ id, name })) };
  },
});

export const caseRoutes: Route[] = [note, colleagues];
