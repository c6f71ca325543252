// What `import { startEmulator } from "sharekeeper/emulator"` loads. The emulator itself needs Node 24.
import { existsSync } from "node:fs";

const major = Number(process.versions.node.split(".")[0]);
if (major < 24)
  throw new Error(
    `sharekeeper/emulator needs Node 24 or newer, and this is Node ${process.versions.node}. ` +
      "Run your tests with a newer Node, for instance the one that the package brings: node_modules/.bin/node.",
  );
const source = new URL("../src/emulator/start-emulator.ts", import.meta.url);
const emitted = new URL("../dist/emulator/start-emulator.js", import.meta.url);
export const { startEmulator } = await import((existsSync(source) ? source : emitted).href);
