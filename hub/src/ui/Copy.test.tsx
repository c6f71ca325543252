import { fireEvent, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { renderHub } from "../testing/render-hub.tsx";
import { onAnnounce } from "./announce.ts";
import { CopyButton, CopyId, useCopied } from "./Copy.tsx";

const written: string[] = [];
const announced: string[] = [];
let stop: () => unknown;

beforeEach(() => {
  written.length = 0;
  announced.length = 0;
  const writeText = async (text: string): Promise<void> => void written.push(text);
  vi.spyOn(navigator, "clipboard", "get").mockReturnValue({ writeText } as unknown as Clipboard);
  stop = onAnnounce((text) => announced.push(text));
});
afterEach(() => {
  stop();
  vi.restoreAllMocks();
});

test("an id is copied by a click, and that is announced", async () => {
  renderHub(<CopyId value="100000000000001" what="the WABA id" />);
  fireEvent.click(screen.getByRole("button", { name: "Copy the WABA id: 100000000000001" }));
  await vi.waitFor(() => expect(announced).toEqual(["Copied"]));
  expect(written).toEqual(["100000000000001"]);
});

test("a click on an id within a row does not open the row", () => {
  const onOpen = vi.fn();
  renderHub(
    <div onClick={onOpen}>
      <CopyId value="1" what="the id" />
    </div>,
  );
  fireEvent.click(screen.getByRole("button"));
  expect(onOpen).not.toHaveBeenCalled();
});

test("the button says that it has copied", async () => {
  renderHub(<CopyButton value="https://hub.example/x" what="the link" />);
  fireEvent.click(screen.getByRole("button", { name: "Copy the link" }));
  expect(await screen.findByRole("button", { name: "Copied" })).toBeDefined();
  expect(written).toEqual(["https://hub.example/x"]);
});

test("a text that comes later is written within the click", async () => {
  const writes: object[] = [];
  vi.stubGlobal("ClipboardItem", class {});
  const write = async (items: object[]): Promise<void> => void writes.push(...items);
  vi.spyOn(navigator, "clipboard", "get").mockReturnValue({ write } as unknown as Clipboard);
  const Late = () => {
    const [, copy] = useCopied();
    return <button onClick={() => copy(new Promise(() => undefined))}>Copy</button>;
  };
  renderHub(<Late />);
  fireEvent.click(screen.getByRole("button", { name: "Copy" }));
  expect(writes).toHaveLength(1);
  vi.unstubAllGlobals();
});

test("where the browser refuses to copy, nothing says that it has", async () => {
  vi.spyOn(navigator, "clipboard", "get").mockReturnValue(undefined as unknown as Clipboard);
  document.execCommand = () => false;
  const onRefused = vi.fn();
  const Refused = () => {
    const [copied, copy] = useCopied();
    return <button onClick={() => copy("abc", onRefused)}>{copied ? "Copied" : "Copy"}</button>;
  };
  renderHub(<Refused />);
  fireEvent.click(screen.getByRole("button", { name: "Copy" }));
  await vi.waitFor(() => expect(onRefused).toHaveBeenCalledOnce());
  expect([screen.queryByText("Copied"), announced]).toEqual([null, []]);
});

test("on a page without a secure origin the browser's own command copies", async () => {
  vi.spyOn(navigator, "clipboard", "get").mockReturnValue(undefined as unknown as Clipboard);
  const commands: string[] = [];
  document.execCommand = (command) => {
    commands.push(`${command} ${document.querySelector("textarea")?.value ?? ""}`);
    return true;
  };
  renderHub(<CopyButton value="abc" what="the key" />);
  fireEvent.click(screen.getByRole("button", { name: "Copy the key" }));
  expect(await screen.findByRole("button", { name: "Copied" })).toBeDefined();
  expect(commands).toEqual(["copy abc"]);
  expect(document.querySelector("textarea")).toBeNull();
});
