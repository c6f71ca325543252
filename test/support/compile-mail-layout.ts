/** Compiles src/mail/mail-layout.mjml to what the server fills in, so that the server needs no MJML. */
import mjml2html from "mjml";

interface MailLayout {
  /** The whole page, with {{content}} and {{foot}}. */
  frame: string;
  /** Each block by its name. */
  blocks: Record<string, string>;
}

/** What stands for a value where MJML demands a colour or a side. */
const STAND_INS: readonly (readonly [what: RegExp, value: string])[] = [
  [/#acce01/g, "{{accent}}"],
  [/#acce02/g, "{{accent_ink}}"],
  [/#acce03/g, "{{tone_color}}"],
  [/direction:ltr/g, "direction:{{direction}}"],
  [/text-align:left/g, "text-align:{{start}}"],
  [/align="left"/g, 'align="{{start}}"'],
];

const BLOCK = /<!--begin (\w+)-->([\s\S]*?)<!--end \1-->/g;

export async function compileMailLayout(mjml: string): Promise<MailLayout> {
  const { html } = await mjml2html(mjml, { validationLevel: "strict", fonts: {}, keepComments: true });
  const filled = STAND_INS.reduce((text, [what, value]) => text.replaceAll(what, value), tidy(html));
  const blocks: Record<string, string> = {};
  const places = ["{{content}}", "{{foot}}"];
  let last = -1;
  const frame = filled.replaceAll(BLOCK, (_all, name: string, block: string, at: number) => {
    blocks[name] = block.trim();
    // Blocks that follow one another are one place; what stands between two columns begins the next.
    const isNewPlace = last === -1 || filled.slice(last, at).includes("<table");
    last = at + _all.length;
    return isNewPlace ? (places.shift() ?? "") : "";
  });
  return { frame: frame.replaceAll(/\n\n+/g, "\n"), blocks };
}

/** Without the blanks of the source's own form, and without its comments. */
const tidy = (html: string): string =>
  html
    .replaceAll(/<!--\s+The layout[\s\S]*?-->/g, "")
    .replaceAll(/\{\{\s*(\w+)\s*\}\}/g, "{{$1}}")
    .replaceAll(/^\s+|\s+$/gm, "")
    .replaceAll(/\n+/g, "\n");
