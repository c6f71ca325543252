import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";
import { catalogueFaultsOf } from "../src/messages/catalogue-faults.ts";
import { readCatalogues } from "../src/messages/read-catalogues.ts";
import { compileMessages, NO_PARSER } from "./compile-messages.ts";
import { firstLoadBudget } from "./first-load-budget.ts";

/** No build with a missing, an extra or an invalid message. */
const checkMessages: Plugin = {
  name: "check-messages",
  buildStart() {
    const faults = catalogueFaultsOf(readCatalogues(`${import.meta.dirname}/../src/messages`));
    if (faults.length > 0) throw new Error(`The messages have faults:\n${faults.join("\n")}`);
  },
};

/**
 * Root is this folder; the server of Sharekeeper serves `dist` at `/`. In development the API comes from a
 * running sandbox.
 */
export default defineConfig({
  plugins: [checkMessages, compileMessages(), react(), firstLoadBudget],
  resolve: { alias: NO_PARSER },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2023",
    assetsInlineLimit: 0,
    rollupOptions: {
      // The client's page is made by the server, which knows its script and its styles by these names.
      input: {
        index: `${import.meta.dirname}/index.html`,
        "reshare-page": `${import.meta.dirname}/reshare/page.ts`,
      },
      output: {
        entryFileNames: ({ name }) => (name === "reshare-page" ? "[name].js" : "assets/[name]-[hash].js"),
        assetFileNames: ({ names }) =>
          names.includes("reshare-page.css") ? "[name][extname]" : "assets/[name]-[hash][extname]",
      },
    },
    // Of one file, before compression. The bound of the first load is in first-load-budget.ts.
    chunkSizeWarningLimit: 500,
  },
  server: { proxy: { "/api": process.env["API_URL"] ?? "http://127.0.0.1:3600" } },
});
