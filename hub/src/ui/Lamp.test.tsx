import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { renderHub } from "../testing/render-hub.tsx";
import { lostWaba } from "../testing/samples.ts";
import { Lamp, lampOfTruth, Status, WabaStatus } from "./Lamp.tsx";

const shapeOf = (container: HTMLElement): string | undefined => container.querySelector("svg")?.innerHTML;

test("each lamp has a shape of its own, so that no one needs its colour", () => {
  const shapes = (["red", "amber", "green", "grey"] as const).map((lamp) => {
    const { container, unmount } = renderHub(<Lamp lamp={lamp} />);
    const shape = shapeOf(container);
    unmount();
    return shape;
  });
  expect(new Set(shapes).size).toBe(4);
});

test("a screen reader reads the label and not the drawing", () => {
  const { container } = renderHub(<Status lamp="red" label="DISABLED" emoji="🔴 " />);
  expect(screen.getByText("DISABLED", { exact: false })).toBeDefined();
  expect(container.querySelector("svg")?.getAttribute("aria-hidden")).toBe("true");
  expect(screen.getByText("🔴").getAttribute("aria-hidden")).toBe("true");
});

test("the copied status of a WABA is the line of the API", () => {
  const waba = lostWaba();
  const { container } = renderHub(<WabaStatus waba={waba} />);
  expect(container.textContent).toBe(waba.status_line);
});

test("only what is known to be false is red", () => {
  expect(["True", "False", "Unknown"].map((truth) => lampOfTruth(truth as "True"))).toEqual([
    "green",
    "red",
    "grey",
  ]);
});
