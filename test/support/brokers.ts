/** Real message brokers for tests, each of a test's own: on free ports, in a directory that goes with it. */

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect, createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

export interface Broker {
  port: number;
  /** Stops the process; its data stay. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again, on the same port and with the same data. */
  start(): Promise<void>;
  /** Stops it, and deletes its data. */
  remove(): Promise<void>;
}

const RABBITMQ = "/usr/lib/rabbitmq/bin/rabbitmq-server";
const isOnPath = (name: string): boolean =>
  (process.env["PATH"] ?? "").split(delimiter).some((folder) => existsSync(join(folder, name)));

/** Why there is no such broker for tests; null: there is. */
export const natsIsMissing: string | null = isOnPath("nats-server")
  ? null
  : "nats-server is not installed on this machine";
export const rabbitIsMissing: string | null =
  existsSync(RABBITMQ) && isOnPath("epmd") ? null : "rabbitmq-server is not installed on this machine";

/** @param settings further lines of the server's configuration */
export async function startNats(settings = "", { jetstream = true } = {}): Promise<Broker> {
  const folder = await mkdtemp(join(tmpdir(), "nats-"));
  const port = await freePort();
  const file = join(folder, "nats.conf");
  const store = jetstream ? `jetstream { store_dir: ${JSON.stringify(folder)} }` : "";
  await writeFile(file, `listen: "127.0.0.1:${port}"\n${store}\n${settings}\n`);
  return startBroker(folder, port, () => run("nats-server", ["-c", file], {}));
}

export async function startRabbit(): Promise<Broker> {
  const folder = await mkdtemp(join(tmpdir(), "rabbit-"));
  const [port, distPort, epmdPort] = await freePorts(3);
  await mkdir(join(folder, "mnesia"));
  await writeFile(join(folder, "enabled_plugins"), "[].\n");
  await writeFile(join(folder, "rabbitmq.conf"), CONF);
  await writeFile(join(folder, ".erlang.cookie"), `TEST${port}`);
  await chmod(join(folder, ".erlang.cookie"), 0o400);
  const env = {
    HOME: folder,
    // The script becomes the node, so that a signal reaches it.
    RUNNING_UNDER_SYSTEMD: "true",
    ERL_EPMD_PORT: String(epmdPort),
    ERL_EPMD_ADDRESS: "127.0.0.1",
    RABBITMQ_NODENAME: `sharekeeper-test-${port}@localhost`,
    RABBITMQ_NODE_IP_ADDRESS: "127.0.0.1",
    RABBITMQ_NODE_PORT: String(port),
    RABBITMQ_DIST_PORT: String(distPort),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: "-kernel inet_dist_use_interface {127,0,0,1} +S 2:2 +SDcpu 1:1",
    RABBITMQ_MNESIA_BASE: join(folder, "mnesia"),
    RABBITMQ_LOG_BASE: folder,
    RABBITMQ_LOGS: join(folder, "rabbit.log"),
    RABBITMQ_CONFIG_FILE: join(folder, "rabbitmq"),
    RABBITMQ_CONF_ENV_FILE: join(folder, "none"),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, "enabled_plugins"),
    RABBITMQ_PID_FILE: join(folder, "pid"),
  };
  // The names of Erlang's nodes: one of our own, because the node would leave a daemon behind.
  const epmd = run("epmd", ["-port", String(epmdPort), "-address", "127.0.0.1"], {});
  await listening(epmdPort ?? 0, epmd);
  const broker = await startBroker(folder, port ?? 0, () => run(RABBITMQ, [], env));
  return {
    ...broker,
    async remove() {
      await broker.remove();
      await end(epmd, "SIGTERM");
    },
  };
}

/** A small node: no statistics, little memory, and no wait for tables of other nodes. */
const CONF = `
collect_statistics = none
disk_free_limit.absolute = 1MB
mnesia_table_loading_retry_limit = 1
log.file.level = warning
`;

interface Running {
  child: ChildProcess;
  output(): string;
}

async function startBroker(folder: string, port: number, begin: () => Running): Promise<Broker> {
  let running: Running | null = null;
  const stop = async (signal: NodeJS.Signals = "SIGTERM"): Promise<void> => {
    if (running !== null) await end(running, signal);
    running = null;
  };
  const start = async (): Promise<void> => {
    running = begin();
    await listening(port, running);
  };
  await start();
  return {
    ...{ port, stop, start },
    async remove() {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function run(program: string, args: readonly string[], env: Record<string, string>): Running {
  const child = spawn(program, args, {
    env: { PATH: process.env["PATH"], ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (chunk: Buffer) => void (output += chunk.toString()));
  process.once("exit", () => child.kill("SIGKILL"));
  child.on("error", (error) => void (output += error.message));
  return { child, output: () => output };
}

async function end({ child }: Running, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill(signal);
  await ended;
}

/** Waits until the port takes connections. Throws with the program's output when that ends before. */
async function listening(port: number, { child, output }: Running): Promise<void> {
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`no broker: ${output()}`);
    if (await isOpen(port)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function isOpen(port: number): Promise<boolean> {
  const socket = connect({ host: "127.0.0.1", port });
  return new Promise((resolve) => {
    socket.once("connect", () => resolve(true));
    socket.once("error", () => resolve(false));
  }).then((is) => {
    socket.destroy();
    return is === true;
  });
}

async function freePort(): Promise<number> {
  const [port] = await freePorts(1);
  return port ?? 0;
}

/** Ports that were free at the same time, so that no two are equal. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  return ports;
}
