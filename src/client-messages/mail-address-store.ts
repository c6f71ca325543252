import type { Sql, Tx } from "../database/database.ts";
import { newId } from "../lib/new-id.ts";
import type { Random } from "../lib/random.ts";
import { normalOf, type MailAddress, type UnsubscribedHow } from "./mail-address.ts";

interface Row {
  id: string;
  address: string;
  unsubscribed_at: Date | null;
  unsubscribed_how: UnsubscribedHow | null;
  bounced_at: Date | null;
  bounce_detail: string | null;
}

const addressOf = (row: Row): MailAddress => ({
  id: row.id,
  address: row.address,
  unsubscribedAt: row.unsubscribed_at?.getTime() ?? null,
  unsubscribedHow: row.unsubscribed_how,
  bouncedAt: row.bounced_at?.getTime() ?? null,
  bounceDetail: row.bounce_detail,
});

const COLUMNS = "id, address, unsubscribed_at, unsubscribed_how, bounced_at, bounce_detail";

export async function readMailAddresses(sql: Sql, addresses: readonly string[]): Promise<MailAddress[]> {
  const rows = await sql.query<Row>(`select ${COLUMNS} from mail_address where address = any($1::text[])`, [
    addresses.map(normalOf),
  ]);
  return rows.map(addressOf);
}

export async function findMailAddress(sql: Sql, id: string): Promise<MailAddress | undefined> {
  const [row] = await sql.query<Row>(`select ${COLUMNS} from mail_address where id = $1`, [id]);
  return row && addressOf(row);
}

/** The address as it is known, with an id for its unsubscribe link. */
export async function getMailAddress(
  tx: Tx,
  { address, random, at }: { address: string; random: Random; at: number },
): Promise<MailAddress> {
  const rows = await tx.query<Row>(
    `insert into mail_address (id, address, created_at) values ($1, $2, $3)
     on conflict (address) do update set address = excluded.address returning ${COLUMNS}`,
    [newId("adr", random), normalOf(address), new Date(at)],
  );
  const [row] = rows;
  if (row === undefined) throw new Error("Broken assumption: an address is kept");
  return addressOf(row);
}

/** @returns whether it was subscribed until now */
export async function saveUnsubscribed(
  tx: Tx,
  id: string,
  { how, at }: { how: UnsubscribedHow; at: number },
): Promise<boolean> {
  const rows = await tx.query(
    `update mail_address set unsubscribed_at = $2, unsubscribed_how = $3
     where id = $1 and unsubscribed_at is null returning id`,
    [id, new Date(at), how],
  );
  return rows.length > 0;
}

/** @returns whether it was unsubscribed until now */
export async function saveSubscribed(tx: Tx, id: string): Promise<boolean> {
  const rows = await tx.query(
    `update mail_address set unsubscribed_at = null, unsubscribed_how = null
     where id = $1 and unsubscribed_at is not null returning id`,
    [id],
  );
  return rows.length > 0;
}

export async function saveBounced(
  tx: Tx,
  id: string,
  { detail, at }: { detail: string; at: number },
): Promise<void> {
  await tx.query("update mail_address set bounced_at = $2, bounce_detail = $3 where id = $1", [
    id,
    new Date(at),
    detail,
  ]);
}

/** Somebody has looked at these contacts: they are tried again. */
export async function forgetBounces(sql: Sql, addresses: readonly string[]): Promise<void> {
  await sql.query(
    "update mail_address set bounced_at = null, bounce_detail = null where address = any($1::text[])",
    [addresses.map(normalOf)],
  );
}
