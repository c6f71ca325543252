// First, so that a component's own rules come after the shared ones.
import "./styles/hub.css";
import { MantineProvider } from "@mantine/core";
import { QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { createRoot } from "react-dom/client";
import { ProblemError } from "./api/problem-error.ts";
import { sessionQuery } from "./api/queries.ts";
import { watchSessionEnd } from "./api/session-end.ts";
import { watchTouches } from "./api/touches.ts";
import { connectionState } from "./live/connection.ts";
import "./features/signup/admits-sdk.ts";
import { createHubRouter } from "./router.tsx";
import { forgetSession } from "./shell/forget-session.ts";
import { cssVariablesResolver, theme } from "./ui/theme.ts";

const MOST_RETRIES = 2;

const queries = new QueryClient({
  queryCache: new QueryCache({
    onError: (error) => onQueryError(error),
  }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      refetchOnWindowFocus: true,
      // The browser may think that it is offline, and the page would then wait for ever.
      networkMode: "always",
      // A refusal will not change when the request is repeated; a missing answer or a 5xx may.
      retry: (count, error) =>
        count < MOST_RETRIES &&
        connectionState().state !== "lost" &&
        !(error instanceof ProblemError && error.status >= 400 && error.status < 500),
    },
    mutations: { networkMode: "always" },
  },
});

watchTouches(window);
const router = createHubRouter(queries);
// The session ended while the page was open: sign in again and come back here.
const onQueryError = watchSessionEnd(queries, () => {
  void router.invalidate().then(() => {
    if (queries.getQueryData(sessionQuery.queryKey) === undefined) forgetSession(queries);
  });
});

// Once the first page is there, the code of the others follows: a click waits for no file, also offline.
const stopWaiting = router.subscribe("onResolved", () => {
  stopWaiting();
  for (const route of Object.values(router.routesById)) void router.loadRouteChunk(route);
});

const container = document.getElementById("root");
if (container === null) throw new Error("index.html has no #root");
createRoot(container).render(
  <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} defaultColorScheme="auto">
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </MantineProvider>,
);
