export const keyWords = {
  title: "Keys",
  turnOn:
    "Single keys do something here. Without this, everything is done by links, buttons and Tab.",
  names: { Enter: "↵", Escape: "esc", " ": "space" } as Readonly<Record<string, string>>,
  help: "this list",
  find: "find operations, incidents, traces, people, pages and acts",
  range: "time range",
  earlier: "previous hour",
  later: "next hour",
  undo: "undo my last act",
  acts: "acts on the thing at hand",
  filter: "filter",
  next: "next",
  previous: "previous",
  open: "open",
  back: "back",
  goTo: (page: string): string => `go to ${page}`,
};
