import type { ClientText, ClientTexts } from "../../../messages/client-page.ts";
import { leadsBack } from "../../../recovery/reshare-link.ts";
import { whoMustActOf } from "../../../sharing/status/share-state.ts";
import { areMessagesSent } from "../../../sharing/status/sending-claim.ts";
import { namesOf } from "../../client-pages/reshare/panel-context.ts";
import { LAMPS, whatOf } from "../../client-pages/reshare/render-panel.ts";
import {
  isBackWhileObserved,
  isStopped,
  openCheckOf,
  situationOf,
} from "../../client-pages/reshare/situation.ts";
import type { Lamp } from "../../client-pages/reshare/markup.ts";
import { canSend, hasReshareLink, type WabaContext, type WabaView } from "../wabas/render-waba.ts";
import type { PortalLoss } from "./read-portal.ts";

/** One WABA in the client's words. Instants: ms since the epoch. */
export interface PortalWaba {
  wabaId: string;
  name: string;
  lamp: Lamp;
  headline: string;
  sentence: string;
  since: number;
  whoMustAct: ReturnType<typeof whoMustActOf>;
  /** The client itself can give the access back. */
  mayRestore: boolean;
  hasReshareLink: boolean;
  numbers: { id: string; display: string | null; name: string | null; canSend: boolean }[];
}

export function renderPortalWaba(view: WabaView, context: WabaContext, text: ClientText): PortalWaba {
  const { asset, state } = view;
  const headline = headlineOf(view);
  return {
    wabaId: asset.wabaId,
    name: asset.name,
    lamp: headline === "left" ? "amber" : LAMPS[situationOf(state)],
    headline: text(`headline.${headline}`, namesOf(view, context)),
    sentence: sentenceOf(view, context, text),
    since: state.since,
    whoMustAct: whoMustActOf(state),
    mayRestore: leadsBack(state),
    hasReshareLink: hasReshareLink(view, context.now),
    numbers: state.numbers.map((number) => {
      const entry = view.numbers.find(({ id }) => id === number.numberId);
      const { displayPhoneNumber = null, verifiedName = null } = entry ?? {};
      return {
        id: number.phoneNumberId,
        display: displayPhoneNumber,
        name: verifiedName,
        canSend: canSend(view, number),
      };
    }),
  };
}

function headlineOf(view: WabaView): keyof ClientTexts["headline"] {
  const { state } = view;
  const situation = situationOf(state);
  if (situation === "repaired") return areMessagesSent(state) ? "well" : "left";
  if (situation === "lost") return isStopped(view) ? "lost" : "missing";
  return situation === "checking" && isBackWhileObserved(state) ? "back" : situation;
}

function sentenceOf(view: WabaView, context: WabaContext, text: ClientText): string {
  const { state } = view;
  const names = namesOf(view, context);
  const situation = situationOf(state);
  const open = openCheckOf(state);
  if (situation === "repaired") {
    if (open === null) return text("portal.working");
    const check = text(`check.${open.type as keyof ClientTexts["check"]}`, names);
    return text("check.open", { check });
  }
  const what = whatOf(view, text);
  const parts = [
    what === null ? "" : text(what.key, { ...names, word: what.word }),
    situation === "lost" ? "" : text(`lead.${isBackWhileObserved(state) ? "back" : situation}`, names),
  ];
  return parts.filter((part) => part !== "").join(" ");
}

/** A line of the history. */
export interface PortalLine {
  at: number;
  kind: "lost" | "repaired" | "ended";
  text: string;
}

/** Losses and repairs in the client's words, the newest first. */
export function renderPortalHistory(
  losses: readonly PortalLoss[],
  partner: string,
  text: ClientText,
): PortalLine[] {
  return losses.flatMap((loss): PortalLine[] => {
    const lost = { at: loss.lostAt, kind: "lost", text: lostTextOf(loss, partner, text) } as const;
    if (loss.endedAt === null || loss.outcome === null) return [lost];
    const kind = loss.outcome === "reopened" ? "repaired" : "ended";
    return [{ at: loss.endedAt, kind, text: text(`portal.outcome.${loss.outcome}`, { partner }) }, lost];
  });
}

function lostTextOf({ reason }: PortalLoss, partner: string, text: ClientText): string {
  const key = `what.${reason}`;
  const isKnown = text.has(key) && key !== "what.other";
  const why = isKnown ? ` ${text(key, { partner })}` : "";
  return `${text("portal.lost_at")}${why}`;
}
