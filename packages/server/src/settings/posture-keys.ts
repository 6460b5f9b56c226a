import { modeKeys } from "@portcullis/guard/policy";
import { object, optional, text } from "@portcullis/guard/policy-shapes";

const owner = text("a name such as platform team", /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]{1,80}$/u);

const owners = object(
  Object.fromEntries(modeKeys.map(({ key, sentence }) => [key, optional(owner, sentence)])),
);

/** What people say of controls, for those who look over all of them. */
export const postureKeys = object({
  owner: optional(owner, "Who looks after every control that `owners` does not name."),
  owners: optional(owners, "Who looks after a control, by the keys of `mode`."),
});
