import { fireEvent, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { renderHub } from "../testing/render-hub.tsx";
import { AccountMenu } from "./AccountMenu.tsx";

test("the menu of every page signs out", async () => {
  const { asked } = renderHub(<AccountMenu onHelp={vi.fn()} />, { "DELETE /session": undefined });
  fireEvent.click(await screen.findByRole("button"));
  fireEvent.click(await screen.findByRole("menuitem", { name: "Sign out" }));
  await expect.poll(() => asked.map(({ request }) => request)).toContain("DELETE /session");
});
