#!/usr/bin/env node
"use strict";
// Written so that the oldest Node can read it, and say which one is needed.
const fs = require("fs");
const path = require("path");
const runtimeFault = require("./runtime-version.js").runtimeFault;

const built = path.join(__dirname, "..", "dist", "cli", "main.js");
/** Only a checkout has these: the sources, and the Node that it brings. */
const source = path.join(__dirname, "..", "src", "cli", "main.ts");
const ownNode = path.join(__dirname, "..", "..", "..", "node_modules", "node", "bin", "node");

const fault = runtimeFault(process.version);
if (fs.existsSync(source)) startFromCheckout();
else if (fault === undefined) require("./import-program.js")(built);
else refuse(fault);

function startFromCheckout() {
  const isBuilt = fs.existsSync(built);
  if (fault === undefined && isBuilt) {
    require("./import-program.js")(built);
    return;
  }
  const node = fault === undefined ? process.execPath : ownNode;
  if (!fs.existsSync(node)) {
    refuse("portcullis: this checkout has not been built. Type 'npm run build', and try again.");
    return;
  }
  const program = isBuilt
    ? [built]
    : ["--conditions=@portcullis/source", "--disable-warning=ExperimentalWarning", source];
  require("./run-program.js")(node, program.concat(process.argv.slice(2)));
}

function refuse(message) {
  process.stderr.write(message + "\n");
  process.exitCode = 2;
}
