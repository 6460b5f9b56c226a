/** A field, or all fields whose names begin alike, and who takes its word for true. */
interface BelievedField {
  /**
   * In lower case, with `-` for every separator. It stands for the name itself, and for all names
   * that begin with it where it ends in `-`.
   */
  readonly name: string;
  readonly believedBy: string;
}

/**
 * Fields by which a program behind a proxy is told who calls, from where, and for what. Whoever can
 * send one to a program that believes it is anybody, or asks for anything, so that none is ever
 * passed on from a caller. Names end in `-` where a family of them is known or may grow.
 */
const believed: readonly BelievedField[] = [
  // Who calls.
  { name: "remote-", believedBy: "CGI's REMOTE_USER (RFC 3875), Authelia's trusted headers" },
  { name: "x-remote-", believedBy: "Kubernetes' authenticating proxy, Jenkins" },
  { name: "x-auth-request-", believedBy: "oauth2-proxy behind nginx auth_request" },
  { name: "x-userinfo", believedBy: "lua-resty-openidc and Kong's OpenID plugins" },
  { name: "x-id-token", believedBy: "lua-resty-openidc and Kong's OpenID plugins" },
  { name: "x-goog-authenticated-", believedBy: "Google Identity-Aware Proxy" },
  { name: "x-goog-iap-", believedBy: "Google Identity-Aware Proxy" },
  { name: "x-endpoint-api-", believedBy: "Google Cloud Endpoints" },
  { name: "x-apigateway-api-", believedBy: "Google API Gateway" },
  { name: "x-appengine-", believedBy: "Google App Engine" },
  { name: "x-ms-client-principal", believedBy: "Azure App Service and Static Web Apps" },
  { name: "x-ms-client-principal-", believedBy: "Azure App Service and Static Web Apps" },
  { name: "x-ms-token-", believedBy: "Azure App Service's token store" },
  { name: "x-amzn-oidc-", believedBy: "AWS Application Load Balancer" },
  { name: "x-amzn-mtls-", believedBy: "AWS Application Load Balancer" },
  { name: "x-amzn-request-context", believedBy: "AWS Lambda Web Adapter" },
  { name: "x-authenticated-", believedBy: "Kong and Tyk" },
  { name: "x-consumer-", believedBy: "Kong" },
  { name: "x-credential-", believedBy: "Kong" },
  { name: "x-anonymous-consumer", believedBy: "Kong" },
  { name: "x-webauth-", believedBy: "Grafana's auth proxy" },
  { name: "x-authentik-", believedBy: "authentik's proxy outpost" },
  { name: "x-pomerium-", believedBy: "Pomerium" },
  { name: "x-vouch-", believedBy: "Vouch Proxy" },
  { name: "cf-access-", believedBy: "Cloudflare Access" },
  { name: "tailscale-user-", believedBy: "Tailscale Serve" },
  { name: "x-client-cert", believedBy: "programs behind a TLS end" },
  { name: "x-client-cert-", believedBy: "programs behind a TLS end" },
  { name: "client-cert", believedBy: "RFC 9440" },
  { name: "client-cert-", believedBy: "RFC 9440" },
  { name: "x-ssl-", believedBy: "programs behind HAProxy or nginx" },
  { name: "ssl-client-", believedBy: "programs behind nginx, ingress-nginx" },
  { name: "x-arr-", believedBy: "Azure Application Request Routing, ASP.NET" },
  // From where, and over what.
  { name: "forwarded", believedBy: "RFC 7239" },
  { name: "x-forwarded", believedBy: "PHP applications" },
  { name: "x-forwarded-", believedBy: "almost every framework behind a proxy" },
  { name: "forwarded-for", believedBy: "PHP applications" },
  { name: "via", believedBy: "RFC 9110 section 7.6.3" },
  { name: "x-real-", believedBy: "programs behind nginx" },
  { name: "client-ip", believedBy: "Rails, Rack and PHP" },
  { name: "x-client-ip", believedBy: "Express middleware, Azure" },
  { name: "x-cluster-client-ip", believedBy: "programs behind Rackspace and Riverbed" },
  { name: "x-proxyuser-ip", believedBy: "Google services" },
  { name: "x-azure-clientip", believedBy: "Azure Front Door" },
  { name: "x-azure-socketip", believedBy: "Azure Front Door" },
  { name: "true-client-ip", believedBy: "Akamai, Cloudflare" },
  { name: "cf-connecting-", believedBy: "Cloudflare" },
  { name: "cf-pseudo-ipv4", believedBy: "Cloudflare" },
  { name: "fastly-client-", believedBy: "Fastly" },
  { name: "front-end-https", believedBy: "Microsoft IIS behind ISA and TMG" },
  { name: "x-scheme", believedBy: "ingress-nginx" },
  { name: "x-url-scheme", believedBy: "WSGI applications behind nginx" },
  // What is asked for.
  { name: "x-original-", believedBy: "IIS URL Rewrite, Symfony, ingress-nginx auth" },
  { name: "x-rewrite-", believedBy: "IIS URL Rewrite, Symfony, Zend" },
  { name: "x-http-method", believedBy: "Microsoft OData" },
  { name: "x-http-method-", believedBy: "Rails, Spring, Symfony, Express' method-override" },
  { name: "x-method-override", believedBy: "Express' method-override, IBM" },
  { name: "x-middleware-", believedBy: "Next.js: skips its middleware (CVE-2025-29927)" },
  { name: "x-envoy-", believedBy: "Envoy and Istio" },
  { name: "x-accel-", believedBy: "nginx, Rack::Sendfile (X-Accel-Mapping)" },
  { name: "x-sendfile-", believedBy: "Rack::Sendfile (X-Sendfile-Type)" },
  { name: "script-name", believedBy: "Gunicorn's forwarder_headers, WSGI" },
  { name: "path-info", believedBy: "Gunicorn's forwarder_headers, WSGI" },
  { name: "proxy", believedBy: "HTTP_PROXY of CGI: httpoxy (CVE-2016-5385)" },
];

/** Fields that speak of one connection and end with it (RFC 9110 section 7.6.1). */
const ofOneConnection: readonly string[] = [
  "connection",
  "proxy-",
  "keep-alive",
  "te",
  "trailer",
  "upgrade",
  "http2-settings",
];

/** Names, and beginnings that end in `-`. */
function compileNames(list: readonly string[]): (name: string) => boolean {
  const names = new Set(list.filter((name) => !name.endsWith("-")));
  const beginnings = list.filter((name) => name.endsWith("-"));
  return (name) => names.has(name) || beginnings.some((beginning) => name.startsWith(beginning));
}

/** Every name and beginning of the table. */
export const believedNames: readonly string[] = believed.map(({ name }) => name);

/** Fields that only the gate may send: its backends believe them. */
const ownBeginning = "portcullis-";

/** Whether a folded name is of the gate's own fields. */
export const isOwn = (fold: string): boolean => fold.startsWith(ownBeginning);

/** Whether some program believes a field of this folded name. */
export const isBelieved = compileNames(believedNames);

/** Whether a field of this folded name speaks of one connection. */
export const isOfOneConnection = compileNames(ofOneConnection);

const separators = /[^a-z0-9-]/g;

/**
 * The name under which servers that make variables of fields would know it: CGI, WSGI and Rack
 * write `-` as `_`, PHP makes `.` and space into `_` too, and older Apache makes `_` of whatever is
 * no letter or digit. Names with one fold are one field to them.
 */
export const foldName = (lowerName: string): string => lowerName.replace(separators, "-");

/**
 * What a request needs whatever its document declares, for policies that pass on listed fields
 * only. Names end in `-` where all that begin so are meant.
 */
const standard: readonly string[] = [
  // Representation and conditions (RFC 9110 sections 8, 12, 13 and 14), caching (RFC 9111).
  "content-",
  "accept",
  "accept-",
  "if-",
  "range",
  "cache-control",
  "pragma",
  "date",
  "prefer",
  "priority",
  // Credentials that the gate reads.
  "authorization",
  "dpop",
  "cookie",
  // Who asks, by its own word.
  "user-agent",
  "referer",
  "origin",
  "sec-fetch-",
  "portcullis-app",
  // Cross-origin questions and WebSocket handshakes.
  "access-control-request-",
  "sec-websocket-",
  // Repetition, integrity (RFC 9421, RFC 9530), and the trace (W3C Trace Context and Baggage).
  "idempotency-key",
  "last-event-id",
  "digest",
  "want-",
  "signature",
  "signature-input",
  "traceparent",
  "tracestate",
  "baggage",
  "grpc-",
];

/** Whether a field is one that every request may need. */
export const isStandard = compileNames(standard);
