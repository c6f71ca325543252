/**
 * `/en_US/sdk.js`: the part of the JavaScript SDK that Embedded Signup needs. `FB.login` opens its window in
 * the click itself, because a browser blocks a window that opens later. The window says how the signup ended
 * by two messages, as Meta's does: `WA_EMBEDDED_SIGNUP` as a JSON string for the page, and a line that is not
 * JSON (`cb=…&code=…`) for this script, which hands the code to the callback of `FB.login`. Source: Embedded
 * Signup, Implementation (June 2026).
 */

/** Browser script. `emulatorUrl` stands in only where the script cannot tell its own address. */
export function sdkScriptOf(emulatorUrl: string): string {
  return SCRIPT.replace("EMULATOR_URL", () => JSON.stringify(emulatorUrl));
}

const SCRIPT = `/* A simulator's stand-in for the JavaScript SDK. Not Meta's code; nothing reaches Meta. */
(function () {
  "use strict";
  if (window.FB && window.FB.__simulator) return;
  var own = document.currentScript && document.currentScript.src;
  var base = own ? new URL(own).origin : EMULATOR_URL;
  var settings = null;
  var session = null;
  var calls = 0;

  function warn(text) {
    console.warn("Simulator SDK: " + text);
  }

  function init(given) {
    if (!given || !given.appId) return warn("FB.init needs an appId.");
    if (!given.version) return warn("FB.init needs a version, such as v25.0.");
    settings = { appId: String(given.appId), version: String(given.version) };
  }

  function dialogAddress(options, channel) {
    var query = new URLSearchParams({
      app_id: settings.appId,
      client_id: settings.appId,
      display: "popup",
      sdk: "joey",
      origin: location.origin,
      cb: channel,
    });
    Object.keys(options).forEach(function (name) {
      var value = options[name];
      if (value === undefined || value === null) return;
      query.set(name, typeof value === "object" ? JSON.stringify(value) : String(value));
    });
    return base + "/" + settings.version + "/dialog/oauth?" + query.toString();
  }

  function login(callback, options) {
    var done = typeof callback === "function" ? callback : function () {};
    if (!settings) {
      warn("FB.login() called before FB.init().");
      return;
    }
    var channel = "f" + (calls += 1) + "simulator";
    var popup = window.open(
      dialogAddress(options || {}, channel),
      "simulator_" + channel,
      "popup,width=600,height=760",
    );
    if (!popup) {
      warn("the browser blocked the window: call FB.login in the click itself.");
      return finish({});
    }

    var over = false;
    function finish(answer) {
      if (over) return;
      over = true;
      window.removeEventListener("message", hear);
      clearInterval(watch);
      session = answer.code ? { code: answer.code } : null;
      done({ authResponse: session, status: session ? "connected" : "unknown" });
    }
    function hear(event) {
      if (
        event.origin !== base ||
        typeof event.data !== "string" ||
        event.data.indexOf("cb=" + channel) !== 0
      )
        return;
      finish({ code: new URLSearchParams(event.data).get("code") });
    }
    window.addEventListener("message", hear);
    var wasClosed = false;
    /* A window that closes posts its messages first; one more round lets them arrive. */
    var watch = setInterval(function () {
      if (wasClosed) finish({});
      wasClosed = popup.closed;
    }, 150);
  }

  function nothing() {}
  function notEmulated(name) {
    return function () {
      warn(name + " is not emulated; FB.init and FB.login are.");
    };
  }
  window.FB = {
    __simulator: true,
    init: init,
    login: login,
    logout: function (callback) {
      session = null;
      if (callback) callback({ authResponse: null, status: "unknown" });
    },
    getAuthResponse: function () {
      return session;
    },
    getLoginStatus: function (callback) {
      if (callback) callback({ authResponse: session, status: session ? "connected" : "unknown" });
    },
    api: notEmulated("FB.api"),
    ui: notEmulated("FB.ui"),
    AppEvents: { logPageView: nothing, logEvent: nothing, activateApp: nothing },
    Event: { subscribe: nothing, unsubscribe: nothing },
    XFBML: { parse: nothing },
  };
  if (typeof window.fbAsyncInit === "function")
    setTimeout(function () {
      window.fbAsyncInit();
    }, 0);
})();
`;
