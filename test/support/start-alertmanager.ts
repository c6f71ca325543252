import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** As Debian's package names it, and as it is elsewhere. */
const PROGRAM = ["prometheus-alertmanager", "alertmanager"].find(
  (name) => spawnSync(name, ["--version"]).error === undefined,
);

/** Why the tests with a real Alertmanager do not run here; null: they do. */
export const noAlertmanager: string | null =
  PROGRAM === undefined
    ? "no Alertmanager is installed (Debian: apt-get install prometheus-alertmanager)"
    : null;

export interface TestAlertmanager {
  url: string;
  stop(): Promise<void>;
}

/** A real Alertmanager on a free port, which tells `receiverUrl` at once and groups by rule and cause. */
export async function startAlertmanager(receiverUrl: string): Promise<TestAlertmanager> {
  const folder = await mkdtemp(join(tmpdir(), "alertmanager-"));
  const config = {
    route: {
      ...{ receiver: "test", group_by: ["alertname", "cause"] },
      ...{ group_wait: "200ms", group_interval: "200ms", repeat_interval: "1h" },
    },
    receivers: [{ name: "test", webhook_configs: [{ url: receiverUrl, send_resolved: true }] }],
  };
  // JSON is YAML.
  await writeFile(join(folder, "alertmanager.yml"), JSON.stringify(config));
  const child = spawn(
    PROGRAM ?? "alertmanager",
    [
      `--config.file=${join(folder, "alertmanager.yml")}`,
      `--storage.path=${join(folder, "data")}`,
      ...["--web.listen-address=127.0.0.1:0", "--cluster.listen-address="],
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  const ended = once(child, "exit");
  const stop = async (): Promise<void> => {
    child.kill("SIGKILL");
    await ended;
    await rm(folder, { recursive: true });
  };
  const said: string[] = [];
  for await (const line of createInterface({ input: child.stderr })) {
    said.push(line);
    const address = /Listening on"? address=(127\.0\.0\.1:\d+)/.exec(line)?.[1];
    if (address === undefined) continue;
    child.stderr.resume();
    return { url: `http://${address}`, stop };
  }
  await stop();
  throw new Error(`Alertmanager did not start:\n${said.join("\n")}`);
}
