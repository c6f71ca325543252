import { english } from "../messages/english.ts";
import { readLines, type Api } from "./api.ts";
import { EXIT, type CliContext } from "./cli-context.ts";
import { usage } from "./waba-commands.ts";

interface Event {
  id: string;
  at: string;
  type: string;
  waba_id: string;
  number_id?: string;
  data: { changed: string[] };
}

/**
 * Prints events as they happen, with --json one line of JSON each; ends with Ctrl-C, or after --count of
 * them.
 */
export async function runEvents(api: Api, context: CliContext): Promise<number> {
  const { args, options, json, print } = context;
  if (args.length !== 1 || args[0] !== "tail") return usage(english("cli.usage.events"));
  const most = options.count === undefined ? Infinity : Number(options.count);
  const after = typeof options.after === "string" ? `?after=${encodeURIComponent(options.after)}` : "";
  const stopping = new AbortController();
  void context.untilStopped().then(() => stopping.abort());
  let seen = 0;
  let isPing = false;
  for await (const line of readLines(api, `/events/stream${after}`, stopping.signal)) {
    if (line === "") isPing = false;
    if (line === "event: ping") isPing = true;
    if (isPing || !line.startsWith("data: ")) continue;
    const text = line.slice("data: ".length);
    const event = JSON.parse(text) as Event;
    print(json ? text : `${event.at}  ${event.waba_id}  ${event.type}  ${event.data.changed.join(", ")}`);
    seen += 1;
    if (seen >= most) break;
  }
  stopping.abort();
  return EXIT.shared;
}
