import type { Database, Sql } from "../database/database.ts";

/** One Meta app, portfolio and system user. The environment describes `default`. */
export interface Connection {
  id: string;
  businessId: string;
  appId: string;
  systemUserId: string;
  graphVersion: string;
  partnerName: string;
  publicUrl: string | null;
  mode: "enforce" | "observe";
}

export async function saveConnection(db: Database, connection: Connection): Promise<void> {
  await db.query(
    `insert into connection (id, business_id, app_id, system_user_id, graph_version, brand, public_url, mode)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (id) do update set business_id = $2, app_id = $3, system_user_id = $4, graph_version = $5,
       brand = $6,
       public_url = $7, mode = $8`,
    [
      connection.id,
      connection.businessId,
      connection.appId,
      connection.systemUserId,
      connection.graphVersion,
      JSON.stringify({ name: connection.partnerName }),
      connection.publicUrl,
      connection.mode,
    ],
  );
}

export async function readConnections(sql: Sql): Promise<Connection[]> {
  const rows = await sql.query<{
    id: string;
    business_id: string;
    app_id: string;
    system_user_id: string;
    graph_version: string;
    brand: { name?: string };
    public_url: string | null;
    mode: "enforce" | "observe";
  }>("select * from connection order by id");
  return rows.map((row) => ({
    id: row.id,
    businessId: row.business_id,
    appId: row.app_id,
    systemUserId: row.system_user_id,
    graphVersion: row.graph_version,
    partnerName: row.brand.name ?? row.business_id,
    publicUrl: row.public_url,
    mode: row.mode,
  }));
}
