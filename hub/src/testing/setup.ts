import { cleanup } from "@testing-library/react";
import { afterEach, vi } from "vitest";
import { client } from "../api/generated/client.gen.ts";

// Without a page of its own, `fetch` knows no address to complete a path with.
client.setConfig({ baseUrl: "http://hub.test" });

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});
