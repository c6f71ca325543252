import { fireEvent, screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { ListedSession } from "../../api/types.ts";
import { renderHub } from "../../testing/render-hub.tsx";
import { AT, sampleSession } from "../../testing/samples.ts";
import { SessionsPage } from "./SessionsPage.tsx";

const HERE: ListedSession = {
  ...{ id: "ses-1", actor: { id: "usr-1", name: "Olga" }, opened_with: "password" },
  ...{ address: "192.0.2.1", agent: "Firefox", created_at: AT, last_used_at: AT, expires_at: AT },
  is_current: true,
};
const THERE: ListedSession = { ...HERE, id: "ses-2", agent: "Safari", is_current: false };

test("the other sessions can be ended, one or all; the own one cannot", async () => {
  const { asked } = renderHub(<SessionsPage />, {
    "GET /session": sampleSession("viewer"),
    "GET /sessions": { data: [HERE, THERE] },
    "DELETE /sessions/ses-2": undefined,
    "DELETE /sessions": undefined,
  });
  const here = await screen.findByRole("row", { name: /Firefox/ });
  expect(within(here).queryByRole("button")).toBeNull();
  const there = screen.getByRole("row", { name: /Safari/ });
  fireEvent.click(within(there).getByRole("button", { name: "End Safari" }));
  fireEvent.click(screen.getByRole("button", { name: "End all others" }));
  const requests = () => asked.map(({ request }) => request);
  await expect.poll(requests).toContain("DELETE /sessions/ses-2");
  await expect.poll(requests).toContain("DELETE /sessions");
  expect(screen.queryByRole("link", { name: "People" })).toBeNull();
});
