/** What fetches an address to show a preview of it, or to index it: none of them is a person who opens a link. */
const MACHINES =
  /bot\b|crawler|spider|facebookexternalhit|facebookcatalog|^whatsapp\/|slurp|skypeuripreview|bingpreview|google(imageproxy|-pagerenderer|-safety)|iframely|embedly|vkshare|preview|link ?check|urlscan|barracuda|proofpoint|mimecast|safelinks/i;

/** Whether a person opens the page. A HEAD, a prefetch and a preview open nothing. */
export function isPerson(method: string, headers: Headers): boolean {
  if (method !== "GET") return false;
  const purposes = ["sec-purpose", "purpose", "x-purpose", "x-moz"].map((name) => headers.get(name) ?? "");
  if (purposes.some((purpose) => /prefetch|prerender|preview/i.test(purpose))) return false;
  return !MACHINES.test(headers.get("user-agent") ?? "");
}

/** Browsers inside other apps: popups and new tabs of Meta's often stay closed in them. */
const IN_APP = /FBAN|FBAV|FB_IAB|Instagram|\bLine\/|MicroMessenger|LinkedInApp|Snapchat|TikTok|; wv\)/;

export interface Device {
  isPhone: boolean;
  isInApp: boolean;
}

export function deviceOf(headers: Headers): Device {
  const agent = headers.get("user-agent") ?? "";
  const isApple = /iPhone|iPad|iPod/.test(agent);
  // On Apple's phones every real browser names Safari; a view inside an app does not.
  const isInApp = IN_APP.test(agent) || (isApple && !/Safari\//.test(agent));
  return { isPhone: isApple || /Android|Mobile/.test(agent), isInApp };
}
