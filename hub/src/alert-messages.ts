import messages from "../../src/messages/en/hub-alerts.json" with { type: "json" };
import { hubFormatterOf } from "./messages.ts";

/** The sentences of the pages about alerts and messages to clients: no part of the first load. */
export const say = hubFormatterOf(messages);
