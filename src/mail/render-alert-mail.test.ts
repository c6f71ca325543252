import { expect, test } from "vitest";
import { renderAlertMail, type AlertMail } from "./render-alert-mail.ts";

const ALERT: AlertMail = {
  title: "201 clients removed our access in 3 min, usually 3 a day",
  severity: "critical",
  state: "firing",
  lines: ["Their messages have stopped.", "Ask Meta what happened, before you write to anybody."],
  facts: [
    { label: "First", value: "Ada's Bakery, 14:03 UTC" },
    { label: "Repaired", value: "0 of 201" },
  ],
  actions: [
    { label: "Open the alert", url: "https://share.example.com/alerts/alr_1" },
    { label: "Acknowledge", url: "https://share.example.com/alerts/alr_1?acknowledge" },
  ],
  why: "You get this mail because of the route “On call”.",
};

test("says everything in both forms", () => {
  const { subject, text, html } = renderAlertMail(ALERT);
  expect(subject).toBe(`[Critical] ${ALERT.title}`);
  const page = html.replaceAll("&#39;", "'");
  for (const form of [text, page]) {
    for (const words of [ALERT.title, ...ALERT.lines, ALERT.why]) expect(form).toContain(words);
    for (const { label, value } of ALERT.facts)
      expect([form.includes(label), form.includes(value)]).toEqual([true, true]);
    for (const { label, url } of ALERT.actions)
      expect([form.includes(label), form.includes(url)]).toEqual([true, true]);
  }
});

test.each([
  ["firing", "warning", "Warning"],
  ["firing", "info", "For information"],
  ["resolved", "critical", "Resolved"],
  ["test", "critical", "Test"],
] as const)("%s, %s: the subject begins with %s", (state, severity, word) => {
  const { subject, html } = renderAlertMail({ ...ALERT, state, severity });
  expect(subject.startsWith(`[${word}] `)).toBe(true);
  expect(html).toContain(word);
});

test("has no gap without facts, lines and actions", () => {
  const { text, html } = renderAlertMail({ ...ALERT, lines: [], facts: [], actions: [] });
  expect(html).not.toMatch(/\{\{|undefined|null/);
  expect(text).not.toMatch(/\n{3,}|undefined|null/);
});

test("a name of a client is no markup, no line and no turn of direction", () => {
  const name = `<script>alert("1")</script>\r\nBcc: x@evil.example \u202e{{accent}}`;
  const { subject, text, html } = renderAlertMail({
    ...ALERT,
    title: name,
    facts: [{ label: "First", value: name }],
  });
  expect(subject).not.toMatch(/[\r\n\u202e]/);
  expect(html).not.toContain("<script");
  expect(html).not.toContain("\u202e");
  expect(html).toContain("{{accent}}");
  expect(text).not.toMatch(/\u202e|\nBcc/);
});

test("a link leads to a page or a mailbox, and nowhere else", () => {
  for (const url of ["javascript:alert(1)", "data:text/html,x", "/relative", ""])
    expect(() => renderAlertMail({ ...ALERT, actions: [{ label: "Open", url }] })).toThrow(
      "an address in a mail",
    );
});

test("a value that is missing is an error that names it", () => {
  expect(() => renderAlertMail({ ...ALERT, why: "" })).toThrow("a mail has a value for text");
  expect(() => renderAlertMail({ ...ALERT, facts: [{ label: "First", value: "" }] })).toThrow(
    "a value for value",
  );
});
