#!/usr/bin/env node
// The door of every command. Runs on Node 20, installs if needed, then hands over to Node 24 (see bin/launch.mjs).
import { launch } from "./launch.mjs";

await launch(process.argv.slice(2));
