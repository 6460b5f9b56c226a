export const stateWords = {
  close: "Close",
  loading: "Loading",
  noMatch: "Nothing fits all of these filters.",
  drop: "Drop one: ",
  notAllowed: "Your role may not do this.",
  whoMay: (role: string): string =>
    role === ""
      ? "An administrator may."
      : `Whoever has the role ${role} may: ask them, or let 'portcullis console invite --role ${role}' make you one.`,
  gone: "The gate does not answer.",
  goneDetail: "What stands here is from before. It is asked again.",
  again: "Ask again",
  partial: "Not everything could be looked at:",
  copyCommand: "copy as command",
  copied: "copied",
  notCopied: "select and copy it",
  noPasskey: "Nothing was done: this act asks for your passkey, and none was shown.",
  readOnly: "You see everything here, and change nothing: your role is viewer.",
};
