/** Programs that fetch an address to preview or index it: their visits do not count as opening the link. */
const MACHINES =
  /bot\b|crawler|spider|facebookexternalhit|facebookcatalog|^whatsapp\/|slurp|skypeuripreview|bingpreview|google(imageproxy|-pagerenderer|-safety)|iframely|embedly|vkshare|preview|link ?check|urlscan|barracuda|proofpoint|mimecast|safelinks/i;

/** Whether a person opens the page. A HEAD, a prefetch or a preview does not count. */
export function isPerson(method: string, headers: Headers): boolean {
  if (method !== "GET") return false;
  const purposes = ["sec-purpose", "purpose", "x-purpose", "x-moz"].map((name) => headers.get(name) ?? "");
  if (purposes.some((purpose) => /prefetch|prerender|preview/i.test(purpose))) return false;
  return !MACHINES.test(headers.get("user-agent") ?? "");
}

/** Browsers inside other apps: Meta's popups and new tabs often do not open in them. */
const IN_APP = /FBAN|FBAV|FB_IAB|Instagram|\bLine\/|MicroMessenger|LinkedInApp|Snapchat|TikTok|; wv\)/;

export interface Device {
  isPhone: boolean;
  isInApp: boolean;
}

export function deviceOf(headers: Headers): Device {
  const agent = headers.get("user-agent") ?? "";
  const isApple = /iPhone|iPad|iPod/.test(agent);
  // On Apple's phones every full browser names Safari; a view inside an app does not.
  const isInApp = IN_APP.test(agent) || (isApple && !/Safari\//.test(agent));
  return { isPhone: isApple || /Android|Mobile/.test(agent), isInApp };
}
