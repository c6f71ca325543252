import { brokerOf, StreamError, streamSettingsOf } from "../delivery/streams/event-stream.ts";
import { openPublisher } from "../delivery/streams/open-publisher.ts";
import type { Check } from "./check.ts";
import { speakerOf } from "./finding.ts";

const says = speakerOf("event_stream");

/** Connects as `serve` does, and makes nothing. */
const eventStream: Check = {
  id: "event_stream",
  needs: ["settings"],
  async run({ config, clock }) {
    const settings = streamSettingsOf(config);
    if (settings === null) return says("ok", "unused");
    const values = { broker: brokerOf(settings), name: settings.name };
    try {
      const publisher = await openPublisher(settings, { clock, mayMake: false, onClosed: () => undefined });
      await publisher.close();
      return says("ok", "ready", values);
    } catch (error) {
      if (!(error instanceof StreamError)) throw error;
      return error.isMissing
        ? says("ok", "missing", values)
        : says("bad", "unreached", { why: error.message });
    }
  },
};

export const EVENT_STREAM_CHECK: Check = eventStream;
