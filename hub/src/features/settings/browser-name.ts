import { t } from "../../messages.ts";

/** In this order: each names itself after those that follow, too. */
const BROWSERS = [
  ["Edge", /\bEdg(?:A|iOS)?\/(\d+)/],
  ["Opera", /\bOPR\/(\d+)/],
  ["Samsung Internet", /\bSamsungBrowser\/(\d+)/],
  ["Firefox", /\b(?:Firefox|FxiOS)\/(\d+)/],
  ["Chrome", /\b(?:Headless)?(?:Chrome|CriOS)\/(\d+)/],
  ["Safari", /\bVersion\/(\d+)[\d.]*.* Safari\//],
] as const;

const SYSTEMS = [
  ["Android", /Android/],
  ["iPhone", /iPhone/],
  ["iPad", /iPad/],
  ["Windows", /Windows/],
  ["macOS", /Macintosh|Mac OS X/],
  ["Linux", /Linux|X11/],
] as const;

/** "Firefox 141 on Linux", of what a browser says of itself; that itself, where no browser is known by it. */
export function browserOf(agent: string | null): string | undefined {
  if (agent === null || agent === "") return undefined;
  for (const [name, pattern] of BROWSERS) {
    const version = pattern.exec(agent)?.[1];
    if (version !== undefined) return withSystem(`${name} ${version}`, agent);
  }
  return agent;
}

function withSystem(browser: string, agent: string): string {
  const system = SYSTEMS.find(([, pattern]) => pattern.test(agent))?.[0];
  return system === undefined ? browser : t("settings.sessions.browser_on", { browser, system });
}
