import { fireEvent, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Refused, renderHub } from "../../testing/render-hub.tsx";
import { AT, sampleSignup } from "../../testing/samples.ts";
import { InvitationActs } from "./InvitationActs.tsx";

const URL = "https://hub.example/onboard/sgn_1.abc";
const SIGNUP = sampleSignup({ state: "invited", has_invitation_link: true });
const ASKING = `POST /signups/${SIGNUP.id}/invitation-link`;
const LINK = { url: URL, expires_at: AT };

const written: string[] = [];
let mayCopy = true;

/** The browser's item: its text may come later. */
class Item {
  readonly text: Promise<Blob>;
  constructor(parts: Record<string, Promise<Blob>>) {
    this.text = parts["text/plain"] ?? Promise.reject(new Error("There is no text."));
  }
}

beforeEach(() => {
  written.length = 0;
  mayCopy = true;
  vi.stubGlobal("ClipboardItem", Item);
  const write = async ([item]: Item[]): Promise<void> => {
    const text = await item?.text.then((blob) => blob.text());
    if (!mayCopy) throw new DOMException("Not now", "NotAllowedError");
    written.push(text ?? "");
  };
  vi.spyOn(navigator, "clipboard", "get").mockReturnValue({ write } as unknown as Clipboard);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const clickCopy = (): void => void fireEvent.click(screen.getByRole("button", { name: "Copy the link" }));

test("the address is asked for by the click, and copied", async () => {
  const { asked } = renderHub(<InvitationActs signup={SIGNUP} />, { [ASKING]: LINK });
  expect(asked.map(({ request }) => request)).not.toContain(ASKING);
  clickCopy();
  expect(await screen.findByRole("button", { name: "Copied" })).toBeDefined();
  expect(written).toEqual([URL]);
  expect(screen.queryByRole("dialog")).toBeNull();
});

test("an address that the browser does not copy is shown, to be copied by hand", async () => {
  mayCopy = false;
  renderHub(<InvitationActs signup={SIGNUP} />, { [ASKING]: LINK });
  clickCopy();
  expect(await screen.findByRole("dialog", { name: "Copy the link yourself" })).toBeDefined();
  expect(screen.getByRole<HTMLInputElement>("textbox", { name: "Link" }).value).toBe(URL);
});

test("a refusal of the address is shown", async () => {
  const refused = new Refused(409, { title: "This signup has no invitation link" });
  renderHub(<InvitationActs signup={SIGNUP} />, { [ASKING]: refused });
  clickCopy();
  expect((await screen.findByRole("alert")).textContent).toContain("This signup has no invitation link");
  expect([written, screen.queryByRole("dialog")]).toEqual([[], null]);
});

test("the message to the client holds the address", async () => {
  renderHub(<InvitationActs signup={SIGNUP} />, { [ASKING]: LINK });
  fireEvent.click(screen.getByRole("button", { name: "Send link to client" }));
  const text = await screen.findByRole<HTMLTextAreaElement>("textbox", { name: "Text" });
  expect(text.value).toContain(URL);
});
