/**
 * What a provider pastes into a chat is read by its client: no language may leave a gap or a placeholder in
 * it.
 */
import { expect, test } from "vitest";
import { messageOf, type MessageAbout } from "../../hub/src/client-messages.ts";
import { LANGUAGES, type Language } from "../../src/messages/languages.ts";

const ABOUT: MessageAbout[] = [
  { kind: "invite" },
  { kind: "reshare", account: "Atlas Cycles (+1 555 010 0005)", expiresAt: "2026-12-24T12:00:00Z" },
];
const LINK = { partner: "360dialog", link: "https://hub.example/reshare/abc" };

test.each(Object.keys(LANGUAGES) as Language[])("in %s", (language) => {
  for (const about of ABOUT) {
    const { subject, body } = messageOf(about, language, LINK);
    expect(`${subject}\n${body}`).not.toMatch(/[{}]| [,.]|  /);
    expect(body).toContain(`${LINK.link}?lang=${language}`);
    if (about.kind === "reshare") {
      expect(body).toContain(about.account);
      expect(body).toMatch(/24.*2026/);
    }
  }
});
