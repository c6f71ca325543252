/**
 * `POST /_emulator/webhooks`: any webhook, correctly signed. With `value` exactly that; without it the fact
 * sheet's example of the field, filled with the ids of the WABA or number that is named. `GET` lists the
 * fields with their examples.
 */
import { z } from "zod";
import { withoutUndefined } from "../../lib/without-undefined.ts";
import { sendOptionsSchema } from "../actions/act.ts";
import { isRecord } from "../graph/request.ts";
import { OVERRIDABLE_FIELDS, unixSecondsOf } from "../webhooks/payloads.ts";
import type { Webhook } from "../webhooks/payloads.ts";
import { ACCOUNT_EVENTS, FIELD_TABLE, WEBHOOK_FIELDS } from "../webhooks/webhook-fields.ts";
import type { ExampleIds, WebhookField } from "../webhooks/webhook-fields.ts";
import { digitsOf, numbersOf } from "../world/world.ts";
import type { PhoneNumber, Waba, World } from "../world/world.ts";
import { checked, ControlRefusal } from "./control-call.ts";
import type { ControlCall } from "./control-call.ts";

const webhookSchema = z.strictObject({
  field: z.string().min(1),
  value: z.record(z.string(), z.unknown()).exactOptional(),
  /** Of `account_update`: which of its examples. */
  event: z.string().exactOptional(),
  waba_id: z.string().exactOptional(),
  phone_number_id: z.string().exactOptional(),
  entry_id: z.string().min(1).exactOptional(),
  time: z
    .union([z.int(), z.iso.datetime({ offset: true }).transform((text) => unixSecondsOf(Date.parse(text)))])
    .exactOptional(),
  webhook: sendOptionsSchema.default({}),
});

type Given = z.infer<typeof webhookSchema>;

export function sendWebhook({ context, request }: ControlCall): unknown {
  const given = checked(webhookSchema, request);
  const { world } = context.store;
  const now = unixSecondsOf(context.clock.now());
  const webhook = given.value ? exactly(world, given, given.value, now) : exampleOf(world, given, now);
  return { ok: true, webhooks: context.deliveries.send([webhook], given.webhook) };
}

function exactly(world: World, given: Given, value: Record<string, unknown>, now: number): Webhook {
  const number = numberNamedIn(world, given, value);
  const wabaId = given.waba_id ?? number?.wabaId;
  return {
    field: given.field,
    value,
    // The partner's portfolio for what is about a share, the number's WABA for what is about a number.
    entryId: given.entry_id ?? wabaId ?? world.identity.partnerBusinessId,
    appIds: [world.identity.appId],
    time: given.time ?? now,
    ...withoutUndefined({ wabaId, numberId: number?.id }),
  };
}

function numberNamedIn(world: World, given: Given, value: Record<string, unknown>): PhoneNumber | undefined {
  const metadata = isRecord(value["metadata"]) ? value["metadata"] : {};
  return world.numbers[given.phone_number_id ?? String(metadata["phone_number_id"])];
}

function exampleOf(world: World, given: Given, now: number): Webhook {
  const row = FIELD_TABLE.find((each) => each.field === given.field);
  if (!row)
    throw new ControlRefusal(400, `no example of ${given.field} is known: send a "value"`, {
      field: [...WEBHOOK_FIELDS],
    });
  const { waba, number } = subjectOf(world, given);
  const source = given.field === "account_update" ? accountEventOf(given.event) : row;
  const partnerBusinessId = world.identity.partnerBusinessId;
  return {
    field: given.field,
    value: source.example(idsOf(world, waba, number, now)),
    entryId: given.entry_id ?? (source.entry === "portfolio" ? partnerBusinessId : waba.id),
    appIds: [world.identity.appId],
    time: given.time ?? (row.timed ? now : null),
    wabaId: waba.id,
    ...(number && { numberId: number.id }),
  };
}

function accountEventOf(event: string | undefined): Pick<WebhookField, "entry" | "example"> {
  const found = ACCOUNT_EVENTS.find((each) => each.event === event);
  if (found) return found;
  const said =
    event === undefined ? 'say which "event", or send a "value"' : `there is no example of ${event}`;
  throw new ControlRefusal(400, said, { event: ACCOUNT_EVENTS.map((each) => each.event) });
}

function subjectOf(world: World, given: Given): { waba: Waba; number: PhoneNumber | undefined } {
  const number = world.numbers[given.phone_number_id ?? ""];
  const waba = world.wabas[number?.wabaId ?? given.waba_id ?? ""];
  if (!waba)
    throw new ControlRefusal(400, 'say which WABA: "waba_id" or "phone_number_id", or send a "value"');
  return { waba, number: number ?? numbersOf(world, waba)[0] };
}

function idsOf(world: World, waba: Waba, number: PhoneNumber | undefined, now: number): ExampleIds {
  return {
    wabaId: waba.id,
    ownerBusinessId: waba.businessId,
    partnerBusinessId: world.identity.partnerBusinessId,
    appId: world.identity.appId,
    phoneNumberId: number?.id ?? "",
    displayPhoneNumber: digitsOf(number?.displayPhoneNumber ?? ""),
    now,
  };
}

const SAMPLE: ExampleIds = {
  wabaId: "<WABA_ID>",
  ownerBusinessId: "<CLIENT_BUSINESS_ID>",
  partnerBusinessId: "<PARTNER_BUSINESS_ID>",
  appId: "<APP_ID>",
  phoneNumberId: "<PHONE_NUMBER_ID>",
  displayPhoneNumber: "15550783881",
  now: 1743451903,
};

/** Every field, how its envelope looks and an example of each event. */
export function webhookFieldsOf(): unknown[] {
  return FIELD_TABLE.map(({ field, shape, entry, timed, example }) => ({
    field,
    shape,
    timed,
    overridable: OVERRIDABLE_FIELDS.includes(field),
    ...(field === "account_update"
      ? {
          events: ACCOUNT_EVENTS.map((row) => ({
            event: row.event,
            entry_id: row.entry,
            value: row.example(SAMPLE),
          })),
        }
      : { entry_id: entry, value: example(SAMPLE) }),
  }));
}
