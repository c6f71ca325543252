import { useQuery } from "@tanstack/react-query";
import { waitFor } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import { firingAlertsQuery } from "../api/queries.ts";
import { Refused, renderHub } from "../testing/render-hub.tsx";
import { Live } from "./Live.tsx";

/** The stream, as a test opens and ends it. */
class FakeSource extends EventTarget {
  static last: FakeSource | undefined;
  onopen: (() => void) | undefined;
  onerror: (() => void) | undefined;
  constructor() {
    super();
    FakeSource.last = this;
  }
  close(): void {}
}

beforeEach(() => {
  FakeSource.last = undefined;
  vi.stubGlobal("EventSource", FakeSource);
  // This tab leads.
  const locks = { request: (_name: string, _options: unknown, lead: () => Promise<void>) => lead() };
  Object.defineProperty(navigator, "locks", { value: locks, configurable: true });
});

test("S4: when the stream ends the page asks whether its session still stands", async () => {
  const refused = new Refused(401, { title: "Sign in" });
  const { asked, unmount } = renderHub(<Live />, { "GET /session": refused });
  FakeSource.last?.onopen?.();
  expect(asked).toEqual([]);
  FakeSource.last?.onerror?.();
  await waitFor(() => expect(asked).toEqual([{ request: "GET /session", body: undefined }]));
  unmount();
});

test("an alert that the stream announces is read at once", async () => {
  const Firing = () => <p>{useQuery(firingAlertsQuery).data?.data.length}</p>;
  const shown = renderHub(
    <>
      <Live />
      <Firing />
    </>,
    { "GET /alerts": { data: [], has_more: false, next_cursor: null } },
  );
  const readCount = (): number => shown.asked.filter(({ request }) => request === "GET /alerts").length;
  await waitFor(() => expect(readCount()).toBe(1));
  FakeSource.last?.dispatchEvent(new MessageEvent("alert", { data: '{"id":"alr_1","state":"firing"}' }));
  await waitFor(() => expect(readCount()).toBe(2));
  shown.unmount();
});
