import { fireEvent, screen, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import type { TimelineEntry } from "../../api/types.ts";
import { Refused, renderHub } from "../../testing/render-hub.tsx";
import { sampleEntry, sampleSession } from "../../testing/samples.ts";
import { Timeline } from "./Timeline.tsx";

const PATH = "GET /wabas/waba-1/timeline";

function show(data: TimelineEntry[], open?: string) {
  const onToggle = vi.fn<(panel: string) => void>();
  renderHub(<Timeline wabaId="waba-1" open={open} onToggle={onToggle} />, {
    [PATH]: { data, has_more: false, next_cursor: null },
    "GET /session": sampleSession(),
  });
  return onToggle;
}

const probe = (id: string, at: string): TimelineEntry =>
  sampleEntry({ id, at, kind: "probe", source: "probe", actor: "system", title: "Full control confirmed" });

test("entries stand under their day", async () => {
  show([
    sampleEntry({ id: "b", at: "2026-11-28T12:00:00Z", title: "Removed" }),
    sampleEntry({ id: "a", at: "2026-11-26T12:00:00Z", title: "Added" }),
  ]);
  expect(await screen.findAllByRole("heading", { level: 3 })).toHaveLength(2);
  expect(screen.getAllByRole("list")).toHaveLength(2);
});

test("checks of one outcome are one line that opens", async () => {
  const probes = [probe("p3", "2026-11-28T12:03:00Z"), probe("p2", "2026-11-28T12:02:00Z")];
  const onToggle = show(probes);
  expect(await screen.findAllByText("Full control confirmed")).toHaveLength(1);
  expect(screen.getByText("2 checks")).toBeDefined();
  fireEvent.click(screen.getByRole("button", { name: "Show all", expanded: false }));
  expect(onToggle).toHaveBeenCalledExactlyOnceWith("fold-p2");
});

test("an open line lists each check with its time", async () => {
  show([probe("p3", "2026-11-28T12:03:00Z"), probe("p2", "2026-11-28T12:02:00Z")], "fold-p2");
  const fold = await screen.findByRole("button", { name: "Show as one", expanded: true });
  const list = document.getElementById(fold.getAttribute("aria-controls") ?? "");
  expect(within(list as HTMLElement).getAllByRole("listitem")).toHaveLength(2);
});

test("the evidence is one click away", async () => {
  show([sampleEntry({ id: "e", evidence: { field: "account_update" } })], "e");
  expect(await screen.findByRole("button", { name: "Raw evidence", expanded: true })).toBeDefined();
  expect(screen.getByRole("region", { name: "Raw evidence" }).textContent).toContain("account_update");
});

test("a command carries the name of the person who is signed in", async () => {
  show([sampleEntry({ kind: "command", source: "operator", actor: "key-1", title: "Checked" })]);
  expect(await screen.findByText("Ada")).toBeDefined();
});

test("a history that cannot be read says so", async () => {
  renderHub(<Timeline wabaId="waba-1" open={undefined} onToggle={() => undefined} />, {
    [PATH]: new Refused(500, { title: "Not now" }),
  });
  expect((await screen.findByRole("alert")).textContent).toContain("Not now");
});
