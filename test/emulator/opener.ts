/**
 * A provider's page on an origin of its own: loads the SDK from the emulator, opens Embedded Signup in a
 * click, and keeps what it hears as a real page must: JSON strings from the dialog's origin, and the callback
 * of `FB.login`.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { BrowserContext, Page } from "playwright-core";

export interface Heard {
  kind: "event" | "callback" | "noise";
  // Tests read deep into messages whose shape is what they test.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  said: any;
}

export interface Opener {
  url: string;
  stop(): Promise<void>;
}

/** `extras` and `config_id` of the login come from the address: `?config_id=…&extras={…}`. */
export async function startOpener(emulatorUrl: string): Promise<Opener> {
  const server = createServer((_request, response) => {
    response.writeHead(200, {
      "content-type": "text/html; charset=utf-8",
      "cross-origin-opener-policy": "same-origin-allow-popups",
    });
    response.end(pageOf(emulatorUrl));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function pageOf(emulatorUrl: string): string {
  return `<!doctype html><html lang="en"><title>Provider</title><h1>Provider</h1>
<button id="go" disabled>Connect</button>
<script>
  window.heard = [];
  addEventListener("message", (event) => {
    if (event.origin !== ${JSON.stringify(emulatorUrl)}) return;
    try { heard.push({ kind: "event", said: JSON.parse(event.data) }); }
    catch { heard.push({ kind: "noise", said: event.data }); }
  });
  window.fbAsyncInit = () => {
    FB.init({ appId: "600000000000001", autoLogAppEvents: true, xfbml: true, version: "v25.0" });
    document.getElementById("go").disabled = false;
  };
  document.getElementById("go").onclick = () => {
    const asked = new URLSearchParams(location.search);
    FB.login((answer) => heard.push({ kind: "callback", said: answer }), {
      config_id: asked.get("config_id") ?? "620000000000002",
      response_type: "code",
      override_default_response_type: true,
      extras: JSON.parse(asked.get("extras") ?? '{"setup":{}}'),
    });
  };
</script>
<script async defer src="${emulatorUrl}/en_US/sdk.js"></script></html>`;
}

export interface Signup {
  opener: Page;
  dialog: Page;
  /** Presses the button with this name in the dialog. */
  press(name: string): Promise<void>;
  /** Chooses the radio whose label contains this text. */
  choose(label: string | RegExp): Promise<void>;
  /** Everything the page heard, once the callback of `FB.login` was called. */
  ended(): Promise<Heard[]>;
}

/** Opens the provider's page, clicks, and hands over both windows. */
export async function beginSignup(
  context: BrowserContext,
  opener: Opener,
  login: { config_id?: string; extras?: object } = {},
): Promise<Signup> {
  const page = await context.newPage();
  const query = new URLSearchParams({
    ...(login.config_id && { config_id: login.config_id }),
    ...(login.extras && { extras: JSON.stringify(login.extras) }),
  });
  await page.goto(`${opener.url}?${query.toString()}`);
  const popup = page.waitForEvent("popup");
  await page.getByRole("button", { name: "Connect" }).click();
  const dialog = await popup;
  await dialog.getByRole("heading", { name: "Sign in" }).waitFor();
  return {
    opener: page,
    dialog,
    press: async (name) => {
      const click = dialog.getByRole("button", { name, exact: true }).click();
      // A button that ends the signup takes its window with it, sometimes before the click is reported as
      // done.
      await click.catch((error: unknown) => {
        if (!dialog.isClosed()) throw error;
      });
    },
    choose: (label) => dialog.getByRole("radio", { name: label }).check(),
    ended: async () => {
      await page.waitForFunction("heard.some((each) => each.kind === 'callback')");
      return page.evaluate("heard");
    },
  };
}
