import { openPostgresDatabase } from "../../src/database/postgres-database.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { systemRandom } from "../../src/lib/random.ts";

/**
 * An empty database of its own on the server that DATABASE_URL names, for a whole Sharekeeper; undefined: the
 * embedded one.
 */
export async function freshDatabase(): Promise<{ url: string; drop(): Promise<void> } | undefined> {
  const serverUrl = process.env.DATABASE_URL;
  if (!serverUrl) return undefined;
  const server = await openPostgresDatabase(serverUrl, systemClock);
  const name = `sharekeeper_house_${systemRandom.bytes(8).toString("hex")}`;
  await server.query(`create database ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    async drop() {
      await server.query(`drop database ${name} with (force)`);
      await server.close();
    },
  };
}
