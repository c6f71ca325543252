/** Before the first browser test: what several files that begin at once would otherwise make at once. */
import bundledChromium from "@sparticuz/chromium";
import { buildHubIfNeeded } from "../../bin/build-hub.mjs";

export default async function prepareBrowserTests(): Promise<void> {
  await buildHubIfNeeded();
  await bundledChromium.executablePath();
}
