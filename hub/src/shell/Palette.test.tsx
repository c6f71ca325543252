import { fireEvent, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import type { WabaSummary } from "../api/types.ts";
import { renderHub } from "../testing/render-hub.tsx";
import { lostWaba, sampleSession } from "../testing/samples.ts";
import { Palette } from "./Palette.tsx";

const FOUND = { ...lostWaba(), matched_number_ids: [], has_reshare_link: true } as unknown as WabaSummary;

async function openPalette() {
  const onClose = vi.fn();
  renderHub(<Palette opened onClose={onClose} />, {
    "GET /session": sampleSession(),
    "GET /wabas": { data: [FOUND], has_more: false, next_cursor: null },
  });
  return { field: await screen.findByRole("combobox"), onClose };
}

/** The name of the entry that Enter runs, as a screen reader gets it. */
function selectedIn(field: HTMLElement): string | undefined {
  const option = document.getElementById(field.getAttribute("aria-activedescendant") ?? "");
  expect(screen.getAllByRole("option", { selected: true })).toEqual([option]);
  expect(document.querySelectorAll("[data-selected]")).toHaveLength(1);
  return option?.textContent;
}

const press = (field: HTMLElement, code: string) => fireEvent.keyDown(field, { code, key: code });

test("the first entry is selected, and the arrow keys go round", async () => {
  const { field } = await openPalette();
  await vi.waitFor(() => expect(selectedIn(field)).toBe("Overview"));
  press(field, "ArrowDown");
  await vi.waitFor(() => expect(selectedIn(field)).toBe("WABAs"));
  press(field, "ArrowUp");
  press(field, "ArrowUp");
  await vi.waitFor(() => expect(selectedIn(field)).toBe("Sign out"));
});

test("a result that arrives is the selected one, and Enter runs it", async () => {
  const { field, onClose } = await openPalette();
  fireEvent.change(field, { target: { value: "northwind" } });
  await screen.findByRole("option", { name: /^Send the re-share link: Northwind/ });
  await vi.waitFor(() => expect(selectedIn(field)).toMatch(/^Northwind/));
  press(field, "Enter");
  expect(onClose).toHaveBeenCalled();
});

test("the pointer selects", async () => {
  const { field } = await openPalette();
  fireEvent.pointerMove(screen.getByRole("option", { name: "Observe" }));
  await vi.waitFor(() => expect(selectedIn(field)).toBe("Observe"));
});
