/**
 * The security headers of every answer, in three strengths. `answerHeadersFor`: the default, set before any
 * handler runs; such an answer loads nothing, and no other site may frame or read it. `PAGE_HEADERS`: a page,
 * which loads only what this server provides. `signupPolicyOf`: a page with Embedded Signup, which also loads
 * Meta's SDK and dialog.
 */

/** The default headers, with names in lower case. @param publicUrl with https, HSTS is sent too */
export function answerHeadersFor(publicUrl: string | undefined): Map<string, string> {
  const headers = new Map([
    [
      "content-security-policy",
      "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ],
    ["x-content-type-options", "nosniff"],
    ["x-frame-options", "DENY"],
    ["referrer-policy", "no-referrer"],
    ["cross-origin-opener-policy", "same-origin"],
    ["cross-origin-resource-policy", "same-origin"],
  ]);
  if (publicUrl?.startsWith("https:"))
    headers.set("strict-transport-security", "max-age=31536000; includeSubDomains");
  return headers;
}

/** The pages load nothing from other origins. */
const POLICY: Readonly<Record<string, string>> = {
  "default-src": "'self'",
  "script-src": "'self'",
  "style-src": "'self' 'unsafe-inline'",
  "img-src": "'self' data:",
  "connect-src": "'self'",
  "object-src": "'none'",
  "base-uri": "'none'",
  "form-action": "'self'",
  "frame-ancestors": "'none'",
};

/** For every page. A signup's popup must keep its opener. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  "Content-Security-Policy": policyOf(POLICY),
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "strict-origin-when-cross-origin",
  "Cross-Origin-Opener-Policy": "same-origin-allow-popups",
};

/**
 * For a page that offers a signup. Only the SDK's exact address may provide a script. That script calls
 * Meta's dialog origins in requests and in hidden frames (`xfbml` and the login status make such frames; from
 * memory, without a source).
 */
export function signupPolicyOf(launches: readonly { sdk_url: string; dialog_origins: string[] }[]): string {
  const sdks = [...new Set(launches.map(({ sdk_url }) => scriptOf(sdk_url)))].join(" ");
  const dialogs = [...new Set(launches.flatMap(({ dialog_origins }) => dialog_origins))].join(" ");
  return policyOf({
    ...POLICY,
    "script-src": `'self' ${sdks}`,
    "connect-src": `'self' ${dialogs}`,
    "frame-src": dialogs,
  });
}

/** A policy compares scheme, host and path, not queries; `;` or `,` would end the rule. */
function scriptOf(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname.replaceAll(";", "%3B").replaceAll(",", "%2C");
}

function policyOf(rules: Readonly<Record<string, string>>): string {
  return Object.entries(rules)
    .map(([name, value]) => `${name} ${value}`)
    .join("; ");
}
