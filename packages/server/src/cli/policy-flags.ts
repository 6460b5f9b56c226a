import type { Flag } from "./verb.ts";

// Flags that several verbs take.

export const jsonFlag: Flag = { type: "boolean", help: "print one JSON value instead of words" };

export const configFlag: Flag = {
  type: "string",
  help: "the policy (portcullis.yaml or portcullis.config.ts, when it lies here)",
  completes: "file",
};

export const profileFlag: Flag = {
  type: "string",
  help: "lays the policy's profile of this name over it, such as portcullis.staging.yaml",
};

export const openapiFlag: Flag = {
  type: "string",
  multiple: true,
  help: "an OpenAPI document, in place of a policy (several times for several)",
  completes: "file",
};

export const upstreamFlag: Flag = {
  type: "string",
  multiple: true,
  help: "the backend's address, such as http://127.0.0.1:4000 (several: balanced)",
};

export const directoryFlag: Flag = {
  type: "string",
  help: "where keys and tokens are kept (.portcullis)",
  completes: "folder",
};

export const strictFlag: Flag = {
  type: "boolean",
  help: "refuse a document with a line that is not understood, in place of leaving it unchecked",
};
