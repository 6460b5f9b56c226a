const several = (count: number, one: string, many: string): string =>
  `${count} ${count === 1 ? one : many}`;
const requests = (count: number): string => several(count, "request", "requests");
const people = (count: number): string => several(count, "person", "people");
/** Requests come from somebody: where records name nobody, people are not counted, and not none. */
const fromPeople = (count: number): string =>
  count === 0 ? "(people are not counted: record.fields has no subject)" : `of ${people(count)}`;

export const operationWords = {
  title: "Operations",
  filter: "Filter by name, path or tag",
  sort: "Order",
  orders: {
    document: "as in the document",
    requests: "most requests",
    refused: "most would be refused",
    failed: "most errors",
  },
  columns: {
    operation: "Operation",
    traffic: "Traffic",
    requests: "Requests",
    p95: "p95",
    failed: "Errors",
    controls: "Controls",
  },
  undeclared: "what no document names",
  cell: (control: string, mode: string, observed: number, enforced: number): string =>
    [
      `${control}: ${mode}`,
      ...(observed > 0 ? [`${observed} would be refused`] : []),
      ...(enforced > 0 ? [`${enforced} refused`] : []),
    ].join(", "),
  legend: {
    off: "off",
    observe: "observe",
    staged: "enforced for some",
    enforce: "enforced",
  },
  holes: "Open",
  holeWords: {
    "write-without-owner": "changes an object, and no rule says whose it must be",
    "sign-in-without-failure-limit": "is a sign-in, and no limit counts failures",
    "undeclared-answers": "is declared nowhere, and the backend answers",
  },
  ready: "Ready to enforce",
  readyNone: "Of what is only observed, nothing could be enforced next without refusing somebody.",
  readyRow: (count: number): string =>
    `nobody of the ${requests(count)} would have been refused that came since`,
  moreReady: (count: number): string => `${several(count, "more", "more")}: portcullis forecast`,
  uncounted: "No records are kept, so that nobody can say who would be refused.",
  none: "No operation fits the filter.",
  dropFilter: "the filter",

  back: "All operations",
  seen: (count: number): string => `${requests(count)} in this time`,
  nothingDecided: "No control has anything to decide here.",
  estimated: "An estimate:",
  wouldRefuse: "Would have refused",
  buildColumns: {
    build: "Build",
    seen: "Requests",
    refused: "Would be refused",
    people: "People",
    bound: "With a bound key",
    already: "Refused anyway",
    mended: "Changed",
  },
  noBuild: "names no build",
  steps: "Steps",
  laterSteps: "Steps behind the next one",
  buildsAnyway: "Builds",
  stepName: (app: string | undefined, percent: number | undefined, state: string): string =>
    state === "observe"
      ? "Observe"
      : app !== undefined
        ? `Enforce for builds ${app}`
        : percent === undefined
          ? "Enforce for all"
          : `Enforce for ${percent} %`,
  stepShort: (app: string | undefined, percent: number | undefined, state: string): string =>
    state === "observe"
      ? "observe"
      : app !== undefined
        ? `enforce ${app.replace(">=", "≥ ")}`
        : percent === undefined
          ? "enforce all"
          : `enforce ${percent} %`,
  held: "holds",
  next: "next",
  harmless: "nobody",
  notCounted: "not counted",
  reach: (counted: {
    readonly requests: number;
    readonly people: number;
    readonly boundPeople: number;
    readonly mended: number;
    readonly isExact: boolean;
    readonly since: string;
    readonly builds: string;
  }): string => {
    const about = counted.isExact ? "" : "about ";
    if (counted.requests === 0 && counted.mended === 0)
      return `In ${counted.since} it would have refused nobody.`;
    const sentences = [
      ...(counted.requests > 0
        ? [
            `In ${counted.since} it would have refused ${about}${requests(counted.requests)} ${fromPeople(counted.people)}: ${counted.builds}.`,
          ]
        : []),
      ...(counted.boundPeople > 0
        ? [
            `${people(counted.boundPeople)} of them signed in with a key bound to their device: these are no strangers. Say why they are to be refused.`,
          ]
        : []),
      ...(counted.mended > 0
        ? [`It would have taken something out of ${requests(counted.mended)} or their answers.`]
        : []),
    ];
    return sentences.join(" ");
  },
  observeReach: "Nothing is refused by it: it is decided and recorded, and told here.",
  prefilledWhy: (since: string, count: number): string =>
    count === 0
      ? `in ${since} it would have refused nobody`
      : `would have refused ${requests(count)} in ${since}`,
  undo: (step: string, operation: string): string => `${step} at ${operation}`,
  undoStep: "Undo",
  undoReach: "What held before holds again, everywhere within a second.",
  undoWhy: "taken back",
  heldBy: (who: string, why: string): string => `${who}: ${why}`,
  everywhere: "(for every operation)",
  live: "Since the last step",
  liveNobody: "Nobody was refused yet.",
  liveCount: (count: number): string => `${requests(count)} refused`,
  holdsNow: "It holds on every thread within a second.",
  confirmed: "Requests are judged by it.",
  noRecords: "There is none any more.",
  all: "all of them in Live",
  since: { "1h": "an hour", "6h": "6 hours", "24h": "24 hours", "7d": "7 days", "30d": "30 days" },
  sinceHours: (hours: number): string => several(hours, "hour", "hours"),
};
