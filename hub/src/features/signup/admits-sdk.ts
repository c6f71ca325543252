/**
 * Meta's script may run only where the server's policy for the loaded page admits it: at an address where a
 * signup runs (`opensSignup` in `src/http/server/serve-hub.ts`, the same rule). A policy stays as it was when
 * the Hub's router goes elsewhere. `main.tsx` imports this file, so that it reads the address of the loaded
 * page.
 */
const { pathname, search } = window.location;

export const admitsSdk: boolean =
  /^\/onboarding\/[^/]+\/?$/.test(pathname) ||
  (/^\/wabas\/[^/]+\/?$/.test(pathname) && new URLSearchParams(search).has("signup"));
