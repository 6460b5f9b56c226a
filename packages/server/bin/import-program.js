"use strict";
// In a file of its own: the oldest Node cannot read `import()`.
const url = require("url");

/** Runs the program in this process. */
module.exports = function (file) {
  import(url.pathToFileURL(file).href).catch(function (fault) {
    process.stderr.write("portcullis: " + fault.message + "\n");
    process.exitCode = 2;
  });
};
