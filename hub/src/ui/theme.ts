import {
  createTheme,
  defaultVariantColorsResolver,
  type Badge,
  type Button,
  type Input,
  type Menu,
  type Modal,
  type NativeSelect,
  type PasswordInput,
  type Textarea,
  type TextInput,
  type CSSVariablesResolver,
  type MantineColorsTuple,
  type VariantColorsResolver,
} from "@mantine/core";
import { t } from "../messages.ts";

/** One colour for all of Mantine's shades: the token has a value for each colour scheme. */
const shadesOf = (token: string): MantineColorsTuple => {
  const shade = `var(${token})`;
  return [shade, shade, shade, shade, shade, shade, shade, shade, shade, shade];
};

const BORDER = "1px solid";

const variantColorResolver: VariantColorsResolver = (input) => {
  if (input.variant === "default")
    return {
      background: "var(--surface)",
      hover: "var(--hover)",
      color: "var(--ink)",
      border: `${BORDER} var(--line-strong)`,
    };
  if (input.variant !== "filled") return defaultVariantColorsResolver(input);
  const isDanger = input.color === "red";
  return {
    background: isDanger ? "var(--red-ink)" : "var(--accent)",
    hover: isDanger ? "var(--red-ink)" : "var(--accent-hover)",
    color: isDanger ? "var(--surface)" : "var(--accent-ink)",
    border: `${BORDER} transparent`,
  };
};

/** Mantine's colours by the tokens (styles/tokens.css), which are the only place with values. */
export const cssVariablesResolver: CSSVariablesResolver = () => {
  const schemed = {
    "--mantine-color-body": "var(--bg)",
    "--mantine-color-text": "var(--ink)",
    "--mantine-color-dimmed": "var(--ink-3)",
    "--mantine-color-placeholder": "var(--ink-3)",
    "--mantine-color-error": "var(--red-ink)",
    "--mantine-color-default": "var(--surface)",
    "--mantine-color-default-hover": "var(--hover)",
    "--mantine-color-default-color": "var(--ink)",
    "--mantine-color-default-border": "var(--line-strong)",
    "--mantine-color-disabled": "var(--sunken)",
    "--mantine-color-disabled-color": "var(--ink-3)",
    "--mantine-color-disabled-border": "var(--line)",
  };
  return { variables: {}, light: schemed, dark: schemed };
};

/** A field of 16 px, so that a phone does not zoom in, and as high as a finger needs. */
const fieldVars = () => ({
  wrapper: {
    "--input-height": "max(40px, var(--control))",
    "--input-fz": "16px",
    "--input-radius": "var(--radius-small)",
    "--input-bd": "var(--line-strong)",
    "--input-bg": "var(--surface)",
  },
});

/** What a theme may say of a component. Of the components only types are here. */
type ThemeOf<Component extends { extend: (theme: never) => unknown }> = Parameters<Component["extend"]>[0];

/** Our tokens as Mantine's theme. Its components are used as they are; what they cannot say is in styles/. */
export const theme = createTheme({
  colors: { accent: shadesOf("--accent"), red: shadesOf("--red"), gray: shadesOf("--grey") },
  primaryColor: "accent",
  primaryShade: 6,
  variantColorResolver,
  fontFamily: "var(--font)",
  fontFamilyMonospace: "var(--mono)",
  respectReducedMotion: true,
  defaultRadius: 8,
  components: {
    Button: {
      defaultProps: { variant: "default" },
      classNames: { root: "button", label: "button-label" },
      vars: () => ({
        root: {
          "--button-height": "var(--control)",
          "--button-padding-x": "13px",
          "--button-fz": "13.5px",
          "--button-radius": "var(--radius-small)",
        },
      }),
    } satisfies ThemeOf<typeof Button>,
    Badge: {
      defaultProps: { variant: "default", tt: "none", fw: 450 },
      classNames: { root: "tag" },
      vars: () => ({
        root: {
          "--badge-height": "20px",
          "--badge-fz": "11.5px",
          "--badge-padding-x": "6px",
          "--badge-radius": "5px",
          "--badge-bg": "var(--sunken)",
          "--badge-color": "var(--ink-3)",
          "--badge-bd": `${BORDER} var(--line)`,
        },
      }),
    } satisfies ThemeOf<typeof Badge>,
    InputWrapper: {
      defaultProps: { inputWrapperOrder: ["label", "input", "error", "description"] },
      classNames: { label: "field-label", description: "field-hint" },
    } satisfies ThemeOf<typeof Input.Wrapper>,
    TextInput: { vars: fieldVars } satisfies ThemeOf<typeof TextInput>,
    PasswordInput: { vars: () => ({ ...fieldVars(), root: {} }) } satisfies ThemeOf<typeof PasswordInput>,
    Textarea: { vars: fieldVars } satisfies ThemeOf<typeof Textarea>,
    NativeSelect: { vars: fieldVars } satisfies ThemeOf<typeof NativeSelect>,
    // The page keeps its scrollbar (scrollbar-gutter), so nothing shifts behind a dialog.
    Modal: {
      defaultProps: {
        lockScroll: false,
        centered: false,
        transitionProps: { duration: 120, transition: "fade" },
        closeButtonProps: { "aria-label": t("close") },
      },
    } satisfies ThemeOf<typeof Modal>,
    Menu: { defaultProps: { transitionProps: { duration: 80 } } } satisfies ThemeOf<typeof Menu>,
  },
});
