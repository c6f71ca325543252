import type { FacebookSdk } from "./launch.ts";
import type { SignupLaunch } from "./signup-wire.ts";

export type SdkState = "loading" | "ready" | "blocked";

declare global {
  interface Window {
    FB?: FacebookSdk;
    fbAsyncInit?: () => void;
  }
}

/** Ad blockers answer at once, some company networks never. */
const LOADS_WITHIN_MS = 15_000;

interface Loading {
  state: SdkState;
  settled: Promise<SdkState>;
}

const loadings = new Map<string, Loading>();

/**
 * Loads Meta's SDK, once, and calls `FB.init`: before the click, because the click itself cannot wait. One
 * that was blocked is tried again. `fbAsyncInit` reports when it is ready, because the script at Meta's
 * address only fetches the real one.
 */
export function loadSdk(launch: SignupLaunch): Promise<SdkState> {
  const known = loadings.get(launch.sdk_url);
  const loading = known === undefined || known.state === "blocked" ? begin(launch) : known;
  return loading.settled.then((state) => {
    if (state === "ready") init(launch);
    return state;
  });
}

/** Synchronous, because the click cannot wait. */
export function sdkStateOf(launch: SignupLaunch): SdkState {
  return loadings.get(launch.sdk_url)?.state ?? "loading";
}

function begin(launch: SignupLaunch): Loading {
  const loading: Loading = { state: "loading", settled: Promise.resolve("loading") };
  loading.settled = new Promise((resolve) => {
    const script = document.createElement("script");
    const settle = (state: SdkState): void => {
      if (loading.state !== "loading") return;
      loading.state = state;
      clearTimeout(timer);
      if (state === "blocked") script.remove();
      resolve(state);
    };
    const timer = setTimeout(() => settle("blocked"), LOADS_WITHIN_MS);
    window.fbAsyncInit = () => settle("ready");
    script.src = launch.sdk_url;
    script.async = true;
    script.addEventListener("error", () => settle("blocked"));
    // Another script on this page has loaded it already: then fbAsyncInit is not called.
    script.addEventListener("load", () => typeof window.FB?.login === "function" && settle("ready"));
    document.head.append(script);
  });
  loadings.set(launch.sdk_url, loading);
  return loading;
}

/** Source of the parameters: Embedded Signup, Implementation. */
function init(launch: SignupLaunch): void {
  window.FB?.init({
    appId: launch.app_id,
    autoLogAppEvents: true,
    xfbml: true,
    version: launch.graph_version,
  });
}
