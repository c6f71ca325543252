import { execFileSync, spawn, type ChildProcess, type SpawnOptions } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import pg from "pg";
import { systemClock } from "../../src/lib/clock.ts";

/** A PostgreSQL server of a test's own, which it may kill. */
export interface OwnServer {
  /** An empty database on it. */
  url: string;
  /** `kill -9`: whatever was not durable is lost. */
  kill(): Promise<void>;
  /** Starts it again over the same files; resolves when it answers. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

const INSTALLED = "/usr/lib/postgresql";
/** PostgreSQL refuses to run as root. This user owns nothing and is on every Linux. */
const NOBODY = 65534;
const START_BOUND_MS = 30_000;

/**
 * Where the newest installed server's programs are; null when there is none, or none that can be run here.
 */
export function findPostgres(): string | null {
  if (process.platform !== "linux" || !existsSync(INSTALLED)) return null;
  const versions = readdirSync(INSTALLED).sort((a, b) => Number(b) - Number(a));
  const found = versions.map((version) => join(INSTALLED, version, "bin"));
  return found.find((bin) => existsSync(join(bin, "initdb")) && existsSync(join(bin, "postgres"))) ?? null;
}

export async function openOwnServer(bin: string): Promise<OwnServer> {
  const isRoot = process.getuid?.() === 0;
  const user: SpawnOptions = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
  const folder = mkdtempSync("/tmp/sharekeeper-postgres-");
  if (isRoot) chownSync(folder, NOBODY, NOBODY);
  const data = join(folder, "data");
  execFileSync(
    join(bin, "initdb"),
    ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"],
    {
      ...user,
      cwd: folder,
      stdio: "ignore",
    },
  );
  const port = await freePort();
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  const settings = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: folder,
    logging_collector: "off",
  };
  const args = [
    "-D",
    data,
    "-p",
    String(port),
    ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
  ];
  let child: ChildProcess | undefined;
  const kill = async (): Promise<void> => {
    const ending = child;
    child = undefined;
    if (ending === undefined || ending.exitCode !== null) return;
    const ended = once(ending, "exit");
    const backends = childrenOf(ending.pid ?? 0);
    ending.kill("SIGKILL");
    await ended;
    // Left alone they hold its memory until each has noticed, seconds on a busy machine. A power cut takes
    // them at once, too.
    for (const pid of backends) killIfThere(pid);
  };
  const start = async (): Promise<void> => {
    const until = performance.now() + START_BOUND_MS;
    // The children of a killed server hold its memory until they have noticed: meanwhile a new one ends at
    // once.
    while (performance.now() < until) {
      if (child === undefined || child.exitCode !== null)
        child = spawn(join(bin, "postgres"), args, { ...user, cwd: folder, stdio: "ignore" });
      if (await answers(url)) return;
      await systemClock.pause(50);
    }
    throw new Error("The test's own PostgreSQL does not start");
  };
  await start();
  return {
    url,
    kill,
    start,
    stop: async () => {
      await kill();
      // Its children are gone when their files are no longer written.
      rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
}

/** None when the kernel does not report it. */
function childrenOf(pid: number): number[] {
  const path = `/proc/${pid}/task/${pid}/children`;
  return existsSync(path) ? readFileSync(path, "utf8").split(" ").map(Number).filter(Boolean) : [];
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended with its parent.
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1000 });
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.query("select 1");
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    }),
  );
}
