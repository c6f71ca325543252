import { findPinState, type PinState } from "../../../onboarding/register/pin-store.ts";
import { readOpenSignupsOfLink } from "../../../onboarding/signup/signup-store.ts";
import type { SignupFlow } from "../../../onboarding/signup-terms.ts";
import type { ReshareLink } from "../../../recovery/reshare-link.ts";
import type { NumberEntry } from "../../../directory/number-store.ts";
import type { Language } from "../../../messages/languages.ts";
import type { HttpDeps } from "../../kit/http-deps.ts";
import type { WabaView } from "../../api/wabas/render-waba.ts";
import { launchFor, renderClientSignup, type ClientSignup, type LaunchJson } from "./client-signup.ts";

/** What the page offers and shows of Embedded Signup for one WABA. */
export interface PanelSignup {
  /** Null in observe mode, which changes nothing at Meta. */
  launch: LaunchJson | null;
  /** The open signup of this link. */
  now: ClientSignup | null;
  /** Platform numbers that Meta has deregistered, and whether their PIN is known. */
  toRegister: { number: NumberEntry; pin: PinState }[];
}

export async function readPanelSignups(
  deps: Pick<HttpDeps, "db" | "clock" | "settings" | "termsOf">,
  { link, wabas }: { link: ReshareLink; wabas: readonly WabaView[] },
  language: Language,
): Promise<Map<string, PanelSignup>> {
  const open = await readOpenSignupsOfLink(deps.db, link.id);
  const signups = new Map<string, PanelSignup>();
  for (const view of wabas) {
    const { asset, client } = view;
    const own = open.find((signup) => signup.expectedAssetId === asset.id);
    const isWatched = asset.mode === "observe";
    signups.set(asset.id, {
      launch: isWatched ? null : launchFor(deps, asset.connectionId, flowFor(view), client),
      now: own === undefined ? null : await renderClientSignup(deps, own, language),
      toRegister: isWatched ? [] : await readToRegister(deps, view),
    });
  }
  return signups;
}

/** As `flowOf` reads it from the share. */
function flowFor({ state }: WabaView): SignupFlow {
  return state.everCoexistence || state.kind === "coexistence" ? "coexistence" : "platform";
}

/** Only while the share exists with full control: without it Meta refuses the registration. */
export function isDeregistered(view: WabaView, numberId: string): boolean {
  const stands = view.state.conditions
    .filter(({ type }) => type === "Shared" || type === "FullControl")
    .every(({ status }) => status === "True");
  const number = view.state.numbers.find((candidate) => candidate.numberId === numberId);
  return (
    stands &&
    number?.coexistence === false &&
    number.conditions.some(
      ({ type, status, reason }) =>
        type === "NumberConnected" && status === "False" && reason === "number_deregistered",
    )
  );
}

async function readToRegister(
  deps: Pick<HttpDeps, "db">,
  view: WabaView,
): Promise<PanelSignup["toRegister"]> {
  const numbers = view.numbers.filter((number) => isDeregistered(view, number.id));
  return Promise.all(
    numbers.map(async (number) => ({ number, pin: await findPinState(deps.db, number.id) })),
  );
}
