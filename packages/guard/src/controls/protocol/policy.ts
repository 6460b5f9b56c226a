import { optional } from "../../policy/object-shape.ts";
import { list, text } from "../../policy/shape.ts";

export const keys = {
  root: {
    trustedProxies: optional(
      list(text("an address or a CIDR range such as 10.0.0.0/8", /^[0-9a-fA-F:.]+(\/\d{1,3})?$/)),
      "Proxies whose X-Forwarded-For is believed; from anybody else it is not read.",
    ),
  },
};
