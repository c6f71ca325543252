import { mixOf, readableOf, type HexColor } from "../lib/contrast.ts";

/** The provider's branding of what its clients see: pages and mails. */
export interface Brand {
  /** A colour on which white text is readable; null: our own blue. */
  color: HexColor | null;
  /** An https address, or a path beside ours. */
  logoUrl: string | null;
  /** An e-mail address or an https address. */
  support: string | null;
}

/** The lightest dark surface of pages and mails, on which the brand colour must be readable. */
const DARK_SURFACE: HexColor = "#22211f";
const WHITE: HexColor = "#ffffff";
const BLACK: HexColor = "#000000";
/** WCAG 2.2 AA for text; more than AA requires of an outline or a bar. */
const TEXT_CONTRAST = 4.5;

/** The colours of buttons, marks, focus and header, for a light and a dark page. */
export interface BrandColors {
  accent: { light: HexColor; dark: HexColor };
  ink: { light: HexColor; dark: HexColor };
}

/** White text on the colour itself; on a dark page a lighter tint, with a dark shade of it as its text. */
export function brandColorsOf(color: HexColor): BrandColors {
  const tint = readableOf(color, { towards: WHITE, background: DARK_SURFACE, ratio: TEXT_CONTRAST });
  const shade = mixOf(color, BLACK, 0.8);
  const ink = readableOf(shade, { towards: BLACK, background: tint, ratio: TEXT_CONTRAST });
  return { accent: { light: color, dark: tint }, ink: { light: WHITE, dark: ink } };
}
