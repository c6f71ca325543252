import { act, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { renderHub } from "../testing/render-hub.tsx";
import { fullTimeOf } from "../time/format.ts";
import { RelativeTime } from "./RelativeTime.tsx";

const NOW = Date.parse("2026-11-28T15:19:38Z");
const MINUTE_MS = 60_000;

beforeEach(() => void vi.useFakeTimers({ now: NOW }));
afterEach(() => void vi.useRealTimers());

const minutesAgo = (n: number): string => new Date(NOW - n * MINUTE_MS).toISOString();

test("the age runs on while the page is open", () => {
  renderHub(<RelativeTime at={minutesAgo(3)} />);
  expect(screen.getByText("3 min. ago")).toBeDefined();
  act(() => void vi.advanceTimersByTime(2 * MINUTE_MS));
  expect(screen.getByText("5 min. ago")).toBeDefined();
});

test("the exact instant is there on hover, and by the keyboard where it matters", () => {
  const at = minutesAgo(3);
  renderHub(<RelativeTime at={at} focusable />);
  const time = screen.getByText("3 min. ago");
  expect(time.getAttribute("title")).toBe(fullTimeOf(at));
  expect(time.tabIndex).toBe(0);
});

test("what never happened says so", () => {
  renderHub(<RelativeTime at={null} />);
  expect(screen.getByText("never")).toBeDefined();
});
