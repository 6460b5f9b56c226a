import { choice, list, object, optional, required } from "@portcullis/guard/policy-shapes";

const response = object(
  {
    do: required(choice("notify"), "notify: it is told of at once, beyond the daily budget."),
  },
  {
    mode: "what is told of changes nothing, so that there is nothing to observe",
    for: "what is told of does not last",
  },
);

const responses = optional(list(response, 1), "What is done when this detector opens an incident.");

/** By the names of detectors. */
export const respondKeys = object({
  credentialStuffing: responses,
  passwordSpraying: responses,
  accountGuessing: responses,
  codeGuessing: responses,
  resetAbuse: responses,
  proofReuse: responses,
  enumeration: responses,
  scraping: responses,
  cardTesting: responses,
  hoarding: responses,
  errorSpike: responses,
  shadowOperation: responses,
});
