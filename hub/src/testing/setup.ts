import { cleanup } from "@testing-library/react";
import { afterEach, beforeEach, vi } from "vitest";
import labels from "../../../src/messages/en/labels.json" with { type: "json" };
import { client } from "../api/generated/client.gen.ts";
import { recordLabels } from "../labels.ts";

// Without a page of its own, `fetch` knows no address to complete a path with.
client.setConfig({ baseUrl: "http://hub.test" });

beforeEach(() => recordLabels(labels));

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});
