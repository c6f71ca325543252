import { createTheme, Menu, Modal } from "@mantine/core";
import { t } from "../messages.ts";

/** Mantine gives the dialogs and menus their behaviour; their appearance is in styles/. */
export const theme = createTheme({
  fontFamily: "var(--font)",
  fontFamilyMonospace: "var(--mono)",
  respectReducedMotion: true,
  defaultRadius: 8,
  components: {
    // The page keeps its scrollbar (scrollbar-gutter), so nothing shifts behind a dialog.
    Modal: Modal.extend({
      defaultProps: {
        lockScroll: false,
        centered: false,
        transitionProps: { duration: 120, transition: "fade" },
        closeButtonProps: { "aria-label": t("close") },
      },
    }),
    Menu: Menu.extend({ defaultProps: { transitionProps: { duration: 80 } } }),
  },
});
