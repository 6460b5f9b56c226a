import type { AnswerReceiver, Upstream, UpstreamRequest } from "@portcullis/guard/upstream";

/**
 * A backend that serves the API below a path of its own, which no app knows: it is put before every
 * path that is asked for, and taken from the links of the answer's head.
 */
export function prefixedUpstream(
  upstream: Upstream,
  prefix: string | undefined,
  targets: readonly string[],
): Upstream {
  if (prefix === undefined) return upstream;
  const below = (request: UpstreamRequest): UpstreamRequest => ({
    ...request,
    target: `${prefix}${request.target}`,
  });
  const above = compileTakePrefix(prefix, targets);
  const prefixed: Upstream = {
    forward: (request, receiver) => upstream.forward(below(request), withLinks(receiver, above)),
  };
  if (upstream.upgrade === undefined) return prefixed;
  const upgrade = upstream.upgrade.bind(upstream);
  return {
    ...prefixed,
    upgrade: (request, receiver) =>
      upgrade(below(request), {
        onSwitched: (headers, socket, head) => receiver.onSwitched(headers, socket, head),
        refused: withLinks(receiver.refused, above),
      }),
  };
}

type Rewrite = (link: string) => string;

/** Links to other hosts stay as they are. */
function compileTakePrefix(prefix: string, targets: readonly string[]): Rewrite {
  const beginnings = ["", ...targets.filter((target) => !target.startsWith("unix:"))];
  return (link) => {
    for (const beginning of beginnings) {
      const whole = `${beginning}${prefix}`;
      if (link === whole) return `${beginning}/`;
      if (link.startsWith(whole) && /^[/?#]/.test(link.slice(whole.length)))
        return `${beginning}${link.slice(whole.length).replace(/^(?!\/)/, "/")}`;
    }
    return link;
  };
}

const links: ReadonlySet<string> = new Set(["location", "content-location"]);

function withLinks(receiver: AnswerReceiver, rewrite: Rewrite): AnswerReceiver {
  return {
    onHead: (status, headers) =>
      receiver.onHead(
        status,
        headers.map((value, index) =>
          index % 2 === 1 && links.has((headers[index - 1] as string).toLowerCase())
            ? rewrite(value)
            : value,
        ),
      ),
    onData: (chunk) => receiver.onData(chunk),
    onEnd: (trailers) => receiver.onEnd(trailers),
    onFault: (code, detail) => receiver.onFault(code, detail),
  };
}
