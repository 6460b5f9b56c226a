// How keys of the policy are stated: for settings that the program around the gate adds.
export {
  type Field,
  type Fields,
  object,
  type ObjectShape,
  optional,
  type ReadFields,
  required,
} from "../policy/object-shape.ts";
export {
  cookieName,
  fieldName,
  role,
  secret,
  type SecretSetting,
  share,
  url,
} from "../policy/scalars.ts";
export { readShape } from "../policy/read-shape.ts";
export {
  choice,
  duration,
  either,
  flag,
  integer,
  list,
  named,
  oneOrMore,
  type Read,
  scalar,
  scalarOr,
  type Shape,
  size,
  text,
  withheld,
} from "../policy/shape.ts";
