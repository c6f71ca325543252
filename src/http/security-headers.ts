/** The pages load nothing from elsewhere. */
const POLICY: Readonly<Record<string, string>> = {
  "default-src": "'self'",
  "script-src": "'self'",
  "style-src": "'self' 'unsafe-inline'",
  "img-src": "'self' data:",
  "connect-src": "'self'",
  "object-src": "'none'",
  "base-uri": "'self'",
  "form-action": "'self'",
  "frame-ancestors": "'none'",
};

/** Of every page. A signup's popup must keep its opener. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  "Content-Security-Policy": policyOf(POLICY),
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "strict-origin-when-cross-origin",
  "Cross-Origin-Opener-Policy": "same-origin-allow-popups",
};

/**
 * Of a page that offers a signup: exactly the SDK's origin may give it a script, and that script talks to Meta's dialog origins in
 * requests and in hidden frames (`xfbml` and the login status make such frames; from memory).
 */
export function signupPolicyOf(launches: readonly { sdk_url: string; dialog_origins: string[] }[]): string {
  const sdks = [...new Set(launches.map(({ sdk_url }) => new URL(sdk_url).origin))].join(" ");
  const dialogs = [...new Set(launches.flatMap(({ dialog_origins }) => dialog_origins))].join(" ");
  return policyOf({
    ...POLICY,
    "script-src": `'self' ${sdks}`,
    "connect-src": `'self' ${dialogs}`,
    "frame-src": dialogs,
  });
}

function policyOf(rules: Readonly<Record<string, string>>): string {
  return Object.entries(rules)
    .map(([name, value]) => `${name} ${value}`)
    .join("; ");
}
