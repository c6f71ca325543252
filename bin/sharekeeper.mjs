#!/usr/bin/env node
// The entry of every command. Runs on Node 20, installs if needed, then hands over to Node 24 (see
// bin/launch.mjs).
import "./check-node.mjs";
import { launch } from "./launch.mjs";

launch(process.argv.slice(2));
