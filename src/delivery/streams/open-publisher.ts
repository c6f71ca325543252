import type { Publisher, PublisherOptions, StreamSettings } from "./event-stream.ts";

/** Connects to the broker. The library of each kind is loaded when it is needed. @throws StreamError */
export async function openPublisher(settings: StreamSettings, options: PublisherOptions): Promise<Publisher> {
  if (settings.kind === "nats") {
    const { openNatsPublisher } = await import("./open-nats-publisher.ts");
    return openNatsPublisher(settings, options);
  }
  const { openAmqpPublisher } = await import("./open-amqp-publisher.ts");
  return openAmqpPublisher(settings, options);
}
