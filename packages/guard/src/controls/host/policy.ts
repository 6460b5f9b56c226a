import { optional } from "../../policy/object-shape.ts";
import { list, text } from "../../policy/shape.ts";
import { hostForm } from "../../reading/host-name.ts";

export const keys = {
  root: {
    hosts: optional(
      list(text("a host name such as api.example.com, without a port", hostForm)),
      "Names that the gate answers to beside that of publicUrl; any without either.",
    ),
  },
};
