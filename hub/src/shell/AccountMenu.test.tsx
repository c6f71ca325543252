import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { fireEvent, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { Refused, renderHub } from "../testing/render-hub.tsx";
import { AccountMenu } from "./AccountMenu.tsx";
import { recallList, rememberList } from "./list-memory.ts";

let queries: QueryClient;
/** The menu, beside what the page has read. */
function MenuOfPage() {
  queries = useQueryClient();
  return <AccountMenu onHelp={vi.fn()} />;
}

test.each([
  ["the server answers", undefined],
  ["the server does not answer", new Refused(503, { title: "Unavailable" })],
])("the menu of every page signs out, and nothing of the session stays: %s", async (_when, answer) => {
  const { asked } = renderHub(<MenuOfPage />, { "DELETE /session": answer });
  queries.setQueryData(["read before"], "a client's name");
  rememberList({ ids: ["100000000000001"], href: "/wabas?q=northwind" });
  fireEvent.click(await screen.findByRole("button"));
  fireEvent.click(await screen.findByRole("menuitem", { name: "Sign out" }));
  await expect.poll(() => asked.map(({ request }) => request)).toContain("DELETE /session");
  await expect.poll(recallList).toBeUndefined();
  expect(queries.getQueryData(["read before"])).toBeUndefined();
});
