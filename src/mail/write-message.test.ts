import { expect, test } from "vitest";
import { writeMessage } from "./write-message.ts";

const MAIL = { id: "m", to: "anna@client.example", subject: "s", text: "t", html: null };
const written = (to: string, address: string) =>
  writeMessage({ ...MAIL, to }, { from: { name: "", address }, replyTo: null, at: 0 });

test("the envelope has its domains in ASCII, so that no server needs SMTPUTF8 for them", () => {
  expect(written("anna@例子.example", "hallo@müller.example")).toMatchObject({
    from: "hallo@xn--mller-kva.example",
    to: "anna@xn--fsqu00a.example",
  });
});

test("ids with strange characters stay two", async () => {
  const idOf = async (id: string) => {
    const { build } = writeMessage(
      { ...MAIL, id },
      { from: { name: "", address: "a@b.example" }, replyTo: null, at: 0 },
    );
    return /^Message-ID: (.*)$/m.exec((await build()).toString())?.[1]?.trim();
  };
  expect(await idOf("alert_1:(2)")).toBe("<alert_1%3A%282%29@b.example>");
  expect(await idOf("alert_1:<2>")).toBe("<alert_1%3A%3C2%3E@b.example>");
});
