"use strict";
const childProcess = require("child_process");
const os = require("os");

/** Runs the program with another Node, and ends as it does. */
module.exports = function (node, args) {
  const child = childProcess.spawn(node, args, { stdio: "inherit" });
  ["SIGTERM", "SIGHUP", "SIGINT"].forEach(function (signal) {
    process.on(signal, function () {
      // A terminal sends Ctrl-C to the program too; a second one would cut its end short.
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
    });
  });
  child.once("error", function (error) {
    process.stderr.write("portcullis: " + error.message + "\n");
    process.exit(2);
  });
  child.once("exit", function (status, signal) {
    process.exit(status === null ? 128 + os.constants.signals[signal] : status);
  });
};
