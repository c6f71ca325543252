/** "#2f55d4", in lower case. */
export type HexColor = `#${string}`;

/** A colour of three or six hex digits, as six; null when it is none. */
export function parseHexColor(text: string): HexColor | null {
  const digits = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(text.trim())?.[1]?.toLowerCase();
  if (digits === undefined) return null;
  return digits.length === 6 ? `#${digits}` : `#${[...digits].map((digit) => digit + digit).join("")}`;
}

/** From 1 (the same) to 21 (black and white): WCAG 2.2, "contrast ratio". */
export function contrastOf(one: HexColor, other: HexColor): number {
  const [lighter = 0, darker = 0] = [luminanceOf(one), luminanceOf(other)].toSorted((a, b) => b - a);
  return (lighter + 0.05) / (darker + 0.05);
}

/**
 * The colour itself, or as little of `towards` mixed into it as gives at least `ratio` against `background`.
 */
export function readableOf(
  color: HexColor,
  { towards, background, ratio }: { towards: HexColor; background: HexColor; ratio: number },
): HexColor {
  for (let percent = 0; percent < 100; percent++) {
    const mixed = mixOf(color, towards, percent / 100);
    if (contrastOf(mixed, background) >= ratio) return mixed;
  }
  return towards;
}

export function mixOf(color: HexColor, towards: HexColor, share: number): HexColor {
  const mixed = channelsOf(color).map((channel, index) =>
    Math.round(channel + ((channelsOf(towards)[index] ?? 0) - channel) * share),
  );
  return `#${mixed.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
}

function luminanceOf(color: HexColor): number {
  const [red = 0, green = 0, blue = 0] = channelsOf(color).map(linearOf);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** sRGB, 0 to 255, as light. */
function linearOf(channel: number): number {
  const part = channel / 255;
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
}

function channelsOf(color: HexColor): number[] {
  return [1, 3, 5].map((start) => Number.parseInt(color.slice(start, start + 2), 16));
}
