"use strict";

/**
 * Node lines whose HTTP parser cannot be made to smuggle a request past a proxy (CVE-2026-58044),
 * and the minor and patch numbers of their first good versions.
 */
const firstGood = { 24: [18, 1], 26: [5, 1] };

/**
 * Undefined when this Node may stand at a gate; otherwise what to say to the person who started it.
 * Written so that the oldest Node can read it.
 */
exports.runtimeFault = function (version) {
  const numbers = version.replace(/^v/, "").split(".").map(Number);
  const good = firstGood[numbers[0]];
  const fits =
    good === undefined
      ? numbers[0] > 26
      : numbers[1] > good[0] || (numbers[1] === good[0] && numbers[2] >= good[1]);
  if (fits) return undefined;
  return (
    "portcullis needs Node 24.18.1 or later of line 24, or 26.5.1 or later; this is " +
    version +
    ".\nOlder versions can be made to smuggle a request past a proxy (CVE-2026-58044).\n" +
    "Install a newer Node and run the same command again."
  );
};
