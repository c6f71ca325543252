import { screen } from "@testing-library/react";
import { useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { firingAlertsQuery } from "../api/queries.ts";
import type { Alert } from "../api/types.ts";
import { renderHub } from "../testing/render-hub.tsx";
import { sampleAlert } from "../testing/samples.ts";
import { AlertNotices } from "./AlertNotices.tsx";
import { noticeState, switchNotices } from "./notices.ts";

const shown: { title: string; tag: string | undefined }[] = [];
let visibility: DocumentVisibilityState;
let permission: NotificationPermission;

class FakeNotification {
  static get permission() {
    return permission;
  }
  constructor(title: string, options: NotificationOptions) {
    shown.push({ title, tag: options.tag });
  }
}

beforeEach(() => {
  shown.length = 0;
  visibility = "hidden";
  permission = "granted";
  vi.stubGlobal("Notification", FakeNotification);
  vi.stubGlobal("isSecureContext", true);
  vi.spyOn(document, "visibilityState", "get").mockImplementation(() => visibility);
});
afterEach(() => {
  switchNotices(true);
  vi.restoreAllMocks();
});

let queries: QueryClient;
function Known() {
  queries = useQueryClient();
  const alerts = useQuery(firingAlertsQuery).data?.data;
  return alerts && <p>known: {alerts.map(({ title }) => title).join()}</p>;
}

async function open(first: Alert[]) {
  const listOf = (data: Alert[]) => ({ data, has_more: false, next_cursor: null });
  renderHub(
    <>
      <Known />
      <AlertNotices />
    </>,
    { "GET /alerts": listOf(first) },
  );
  const untilKnown = (alerts: Alert[]) =>
    screen.findByText(`known: ${alerts.map(({ title }) => title).join()}`);
  await untilKnown(first);
  return async (alerts: Alert[]): Promise<void> => {
    queries.setQueryData(firingAlertsQuery.queryKey, listOf(alerts));
    await untilKnown(alerts);
  };
}

const OLD = sampleAlert({ id: "alr_old" });
const NEW = sampleAlert({ id: "alr_new", title: "Bo removed our access" });

test("a new alert is said once, by its id; what fired before is not", async () => {
  const next = await open([OLD]);
  await next([NEW, OLD]);
  await next([{ ...NEW, title: "It grew" }, OLD]);
  expect(shown).toEqual([{ title: "Bo removed our access", tag: "alr_new" }]);
});

test("nothing is said while the page is seen, nor of the same alert afterwards", async () => {
  visibility = "visible";
  const next = await open([OLD]);
  await next([NEW, OLD]);
  visibility = "hidden";
  await next([{ ...NEW, title: "It grew" }, OLD]);
  expect(shown).toEqual([]);
});

test.each(["default", "denied"] as const)("nothing is said where the permission is %s", async (given) => {
  permission = given;
  const next = await open([OLD]);
  await next([NEW, OLD]);
  expect(shown).toEqual([]);
  expect(noticeState()).toBe(given === "denied" ? "blocked" : "unasked");
});

test("whoever switched them off is not disturbed", async () => {
  switchNotices(false);
  const next = await open([OLD]);
  await next([NEW, OLD]);
  expect(shown).toEqual([]);
  expect(noticeState()).toBe("off");
});
