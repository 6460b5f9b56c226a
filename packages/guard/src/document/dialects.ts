/**
 * How backends read what can be written in more than one way: knowledge about other programs, with
 * its sources. The differential test (test/differential) holds the rows to the programs themselves,
 * for those that can be had.
 */

/** What a router takes for a path that its routes spell otherwise. */
export interface RouteReading {
  /** `/Users` reaches `/users`. */
  readonly letterCase: boolean;
  /** `/users.json` reaches `/users`. */
  readonly suffix: boolean;
  /** `/users/` reaches `/users`. */
  readonly trailingSlash: boolean;
  /** `/users;x=1` reaches `/users`. */
  readonly matrix: boolean;
  /** `/users/%40me` reaches `/users/@me`. */
  readonly escapes: boolean;
  /** Other spellings that Unicode calls compatible reach the plain one. */
  readonly compatible: boolean;
  /** `/users/exports` reaches `/users/export`: the beginning is enough. */
  readonly prefix: boolean;
  /** The path alone chooses the handler, which then looks at the method, or does not. */
  readonly methodLast: boolean;
}

/** Where a POST may say that it stands for another method. */
export type OverridePlace = "header" | "query" | "form" | "json";

export interface Dialect {
  readonly routes: RouteReading;
  /** Which of several values of one query name a handler that asks for one is given. */
  readonly repeated: "first" | "last" | "list" | "joined";
  /** Whether `a[b]=1` and `a[]=1` are an object and a list. */
  readonly nested: boolean;
  /** Whether names in queries and forms are found in either letter case. */
  readonly nameCase: boolean;
  /** Whether `X_Field` is read as `X-Field`. */
  readonly foldsFields: boolean;
  readonly overrides: readonly OverridePlace[];
  /** What else it reads in a way of its own, in forms, multipart and names. */
  readonly quirks: string;
  /** Where this is written. */
  readonly sources: readonly string[];
}

const exactly: RouteReading = {
  letterCase: false,
  suffix: false,
  trailingSlash: false,
  matrix: false,
  escapes: false,
  compatible: false,
  prefix: false,
  methodLast: false,
};

export const dialectNames = [
  "express",
  "fastify",
  "spring",
  "django",
  "flask",
  "rails",
  "laravel",
  "aspnet",
  "go",
  "nginx",
  "strict",
] as const;
export type DialectName = (typeof dialectNames)[number];

export const dialects: Readonly<Record<DialectName, Dialect>> = {
  express: {
    routes: { ...exactly, letterCase: true, trailingSlash: true },
    repeated: "list",
    nested: true,
    nameCase: false,
    foldsFields: false,
    overrides: ["header", "query", "form", "json"],
    quirks:
      "Version 5 reads queries without nesting unless it is told to; Koa's and Nest's routers " +
      "and Hono read as this row or stricter. The override is the package method-override.",
    sources: [
      "https://expressjs.com/en/5x/api.html#app.settings.table (case sensitive routing, strict routing, query parser)",
      "https://github.com/expressjs/method-override#readme",
    ],
  },
  fastify: {
    routes: { ...exactly, escapes: true },
    repeated: "list",
    nested: false,
    nameCase: false,
    foldsFields: false,
    overrides: [],
    quirks:
      "Letter case, trailing slashes and semicolons are options, which are off. Escapes of RFC 3986's " +
      "reserved characters stay; of the others, they are undone before the route is found.",
    sources: ["https://fastify.dev/docs/latest/Reference/Server/ (routerOptions)"],
  },
  spring: {
    routes: { ...exactly, trailingSlash: true, matrix: true, escapes: true },
    repeated: "first",
    nested: false,
    nameCase: false,
    foldsFields: false,
    overrides: ["query", "form"],
    quirks:
      "getParameter reads query and form as one, the query first. Spring 6 no longer takes the " +
      "trailing slash. The override is HiddenHttpMethodFilter.",
    sources: [
      "https://docs.spring.io/spring-framework/reference/web/webmvc/mvc-controller/ann-requestmapping.html",
      "https://docs.spring.io/spring-framework/reference/web/webmvc/filters.html (form data)",
    ],
  },
  django: {
    routes: { ...exactly, escapes: true, methodLast: true },
    repeated: "last",
    nested: false,
    nameCase: false,
    foldsFields: true,
    overrides: [],
    quirks:
      "The form's charset is taken from Content-Type; multipart takes boundary* and file names " +
      "in RFC 2231's form. APPEND_SLASH redirects.",
    sources: [
      "https://docs.djangoproject.com/en/stable/topics/http/urls/#what-the-urlconf-searches-against",
      "https://docs.djangoproject.com/en/stable/ref/request-response/#querydict-objects",
    ],
  },
  flask: {
    routes: { ...exactly, escapes: true },
    repeated: "first",
    nested: false,
    nameCase: false,
    foldsFields: true,
    overrides: [],
    quirks: "A route with a trailing slash redirects to it; one without answers 404 to it.",
    sources: [
      "https://werkzeug.palletsprojects.com/en/stable/routing/",
      "https://werkzeug.palletsprojects.com/en/stable/datastructures/#werkzeug.datastructures.MultiDict",
    ],
  },
  rails: {
    routes: { ...exactly, suffix: true, trailingSlash: true, escapes: true },
    repeated: "last",
    nested: true,
    nameCase: false,
    foldsFields: true,
    overrides: ["header", "form"],
    quirks:
      "A parameter of the path ends at its first dot: what follows is the format. " +
      "The override is Rack::MethodOverride, which is on.",
    sources: [
      "https://guides.rubyonrails.org/routing.html (3.3 dynamic segments, 3.6 format)",
      "https://github.com/rack/rack/blob/main/lib/rack/method_override.rb",
    ],
  },
  laravel: {
    routes: { ...exactly, trailingSlash: true, escapes: true },
    repeated: "last",
    nested: true,
    nameCase: false,
    foldsFields: true,
    overrides: ["header", "query", "form", "json"],
    quirks:
      "PHP: blanks, dots and a lone bracket in names become '_', names end at the first NUL, and " +
      "JSON's members are input like a form's.",
    sources: [
      "https://laravel.com/docs/routing#form-method-spoofing",
      "https://github.com/symfony/symfony/blob/7.3/src/Symfony/Component/HttpFoundation/Request.php (getMethod)",
      "https://www.php.net/manual/en/language.variables.external.php",
    ],
  },
  aspnet: {
    routes: { ...exactly, letterCase: true, trailingSlash: true, escapes: true },
    repeated: "joined",
    nested: false,
    nameCase: true,
    foldsFields: false,
    overrides: ["header", "form"],
    quirks: "Members of JSON are found in either letter case too.",
    sources: [
      "https://learn.microsoft.com/aspnet/core/fundamentals/routing#url-matching",
      "https://learn.microsoft.com/dotnet/api/microsoft.aspnetcore.builder.httpmethodoverrideextensions",
    ],
  },
  go: {
    routes: { ...exactly, escapes: true },
    repeated: "first",
    nested: false,
    nameCase: false,
    foldsFields: false,
    overrides: [],
    quirks: "Members of JSON are found in either letter case, of two the last.",
    sources: ["https://pkg.go.dev/net/http#ServeMux", "https://pkg.go.dev/encoding/json#Unmarshal"],
  },
  nginx: {
    routes: { ...exactly, escapes: true, prefix: true, methodLast: true },
    repeated: "first",
    nested: false,
    nameCase: false,
    foldsFields: false,
    overrides: [],
    quirks: "A location without a modifier is a beginning. Fields with '_' are dropped.",
    sources: ["https://nginx.org/en/docs/http/ngx_http_core_module.html#location"],
  },
  strict: {
    routes: exactly,
    repeated: "list",
    nested: false,
    nameCase: false,
    foldsFields: false,
    overrides: [],
    quirks: "The backend reads as the document says, and nothing else.",
    sources: ["The operator's own word."],
  },
};

/**
 * What any of them takes a path for. A beginning is left out: it would refuse every id that begins
 * as a sibling does, and only nginx, whose locations the operator has written, reads so.
 */
const anyRouter: RouteReading = {
  letterCase: true,
  suffix: true,
  trailingSlash: true,
  matrix: true,
  escapes: true,
  compatible: true,
  prefix: false,
  methodLast: true,
};

/** Where any of them lets a POST say that it stands for another method. */
const anyOverride: readonly OverridePlace[] = ["header", "query", "form", "json"];

/** Without a name, as whichever of them reads most. */
export const routeReadingOf = (name: DialectName | undefined): RouteReading =>
  name === undefined ? anyRouter : dialects[name].routes;

export const overridesOf = (name: DialectName | undefined): readonly OverridePlace[] =>
  name === undefined ? anyOverride : dialects[name].overrides;
