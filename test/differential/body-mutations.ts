import type { Mutate } from "./mutations.ts";
import type { Random } from "./random.ts";
import { boundary, type RawRequest } from "./raw-request.ts";

type Kind = "json" | "x-www-form-urlencoded" | "multipart";

const typeField = ({ fields }: RawRequest): [string, string] | undefined =>
  fields.find(([name]) => name === "Content-Type");

/** Changes bodies of one kind. */
const inBody =
  (kind: Kind, change: (body: string, random: Random) => string): Mutate =>
  (request, random) => {
    if (request.body !== undefined && typeField(request)?.[1].includes(kind) === true)
      request.body = change(request.body, random);
  };

const inType =
  (kind: Kind, change: (type: string, random: Random) => string): Mutate =>
  (request, random) => {
    const field = typeField(request);
    if (field?.[1].includes(kind) === true) field[1] = change(field[1], random);
  };

const addMember =
  (...members: readonly string[]): Mutate =>
  (request, random) =>
    inBody("json", (body) =>
      random.chance(2)
        ? body.replace("{", `{${random.pick(members)},`)
        : body.replace(/\}$/, `,${random.pick(members)}}`),
    )(request, random);

const addFormField =
  (...pairs: readonly string[]): Mutate =>
  (request, random) =>
    inBody("x-www-form-urlencoded", (body) =>
      random.chance(2) ? `${random.pick(pairs)}&${body}` : `${body}&${random.pick(pairs)}`,
    )(request, random);

const part = (head: string, value: string): string =>
  `--${boundary}\r\n${head}\r\n\r\n${value}\r\n`;

const addPart =
  (...parts: readonly string[]): Mutate =>
  (request, random) =>
    inBody("multipart", (body) =>
      random.chance(2)
        ? random.pick(parts) + body
        : body.replace(`--${boundary}--`, `${random.pick(parts)}--${boundary}--`),
    )(request, random);

const disposition = (rest: string): string => `Content-Disposition: form-data; ${rest}`;

export const bodyMutations: Readonly<Record<string, Mutate>> = {
  "members twice": addMember('"role":"admin"', '"r\\u006fle":"admin"', '"name":"x"'),
  "members in other spellings": addMember(
    '"Role":"admin"',
    '"role[]":"admin"',
    '" role":"admin"',
    '"__proto__":{"role":"admin"}',
    '"role\\u0000":"admin"',
  ),
  "method in JSON": addMember('"_method":"DELETE"', '"_METHOD":"PUT"', '"\\u005fmethod":"put"'),
  "numbers in JSON": inBody("json", (body, random) =>
    body.replace(
      /("(?:age|page)":)\d+/,
      (_, before: string) =>
        `${before}${random.pick(["1e2", "1.0", "-0", "07", "1E400", "9007199254740993", "100.000000000000000001", "1e-1", '"7"', "true", "null", "12345678901234567890"])}`,
    ),
  ),
  "odd JSON": inBody("json", (body, random) =>
    random.pick([
      `\u00ef\u00bb\u00bf${body}`,
      ` ${body}\n`,
      `${body}{}`,
      `[${body}]`,
      body.replace('"role"', "role"),
      body.replace("user", "\\ud83d"),
      body.replace("user", "us\\u0065r"),
      body.replace("user", "\u00ff"),
      `${body}//`,
      "null",
      '""',
    ]),
  ),
  "charset of JSON": inType(
    "json",
    (type, random) =>
      `${type}; charset=${random.pick(["utf-8", "UTF-8", "utf-16", "latin1", "utf-7", '"utf-8"'])}`,
  ),
  "type of JSON": inType("json", (_, random) =>
    random.pick([
      "application/json;",
      "application/JSON",
      "text/json",
      "application/vnd.api+json",
      "application/x-www-form-urlencoded",
      "text/plain",
      "application/json, text/plain",
    ]),
  ),
  "fields twice": addFormField("role=admin", "user=other", "age=7", "r%6fle=admin"),
  "fields in other spellings": addFormField(
    "role[]=admin",
    "role[a]=admin",
    "Role=admin",
    "+role=admin",
    "role%00=admin",
    "role%5B=admin",
    "%20role=admin",
    "role.=admin",
  ),
  "method in a form": addFormField(
    "_method=DELETE",
    "_method=put",
    "%5Fmethod=DELETE",
    ".method=DELETE",
    "_method[]=PUT",
    "+_method=DELETE",
    "[method=PUT",
    "_METHOD=DELETE",
  ),
  "charset in a form": addFormField("_charset_=utf-16", "_charset_=iso-8859-1", "utf8=%E2%9C%93"),
  "odd forms": addFormField(
    "",
    "=",
    "a;role=admin",
    "x=%ff",
    "x=%",
    "x=%u0041",
    "&",
    "note=a+b%20c",
    "x=\u00ff",
    "note=%00",
  ),
  "numbers in a form": inBody("x-www-form-urlencoded", (body, random) =>
    body.replace(
      /age=\d+/,
      `age=${random.pick(["1e2", "1.0", "07", "-0", "+7", "%207", "0x10", "9007199254740993", "1_0", "7.00000000000000000001"])}`,
    ),
  ),
  "truth in a form": inBody("x-www-form-urlencoded", (body, random) =>
    body.replace(
      "keep=true",
      random.pick(["keep=false", "keep=on", "keep=1", "keep=True", "keep=", "keep"]),
    ),
  ),
  "type of a form": inType(
    "x-www-form-urlencoded",
    (type, random) =>
      `${type}${random.pick(["; charset=utf-7", "; charset=utf-16", "; charset=latin1", "; charset=UTF-8", ";", "; x=1"])}`,
  ),
  "second boundary": inType("multipart", (type, random) =>
    random.pick([
      `${type}; boundary*=utf-8''other`,
      `${type}; boundary*0=other`,
      `${type}; boundary=other`,
      `multipart/form-data; xboundary=other; boundary=${boundary}`,
      `multipart/form-data; boundary*0=other; boundary=${boundary}`,
      `multipart/form-data; boundary*=utf-8''other; boundary=${boundary}`,
    ]),
  ),
  "body behind a second boundary": (request, random) => {
    const field = typeField(request);
    if (request.body === undefined || field?.[1].includes("multipart") !== true) return;
    field[1] = random.pick([
      `multipart/form-data; boundary=${boundary}; boundary*=utf-8''other`,
      `multipart/form-data; boundary*0=other; boundary=${boundary}`,
      `multipart/form-data; xboundary=other; boundary=${boundary}`,
    ]);
    const hidden = `--other\r\n${disposition('name="role"')}\r\n\r\nadmin\r\n--other--\r\n`;
    request.body = request.body.replace("some text", hidden);
  },
  "spelling of the boundary": inType("multipart", (_, random) =>
    random.pick([
      `multipart/form-data; boundary="${boundary}"`,
      `multipart/form-data;boundary=${boundary}`,
      `Multipart/Form-Data; Boundary=${boundary}`,
      `multipart/form-data; boundary=${boundary} `,
      `multipart/form-data; boundary=${boundary};`,
      `multipart/mixed; boundary=${boundary}`,
      `multipart/form-data; charset=utf-16; boundary=${boundary}`,
      `multipart/form-data; boundary=${boundary}, x`,
      `multipart/form-data; boundary="${boundary}\\""`,
    ]),
  ),
  "parts twice": addPart(
    part(disposition('name="role"'), "admin"),
    part(disposition('name="title"'), "x"),
    part(disposition('name="file"; filename="b.txt"'), "other"),
  ),
  "spelling of parts": addPart(
    ...[
      "name=role",
      "name='role'",
      'name="role"; name="title"',
      "name*=utf-8''role",
      'name="r\\ole"',
      'name="role"; x=1',
      'name="role[]"',
      'name="Role"',
      'name=" role"',
      'name="role\u0000"',
      "name=\"title\"; name*=utf-8''role",
      'name="role"; filename=""',
      'name="file"; filename="c.txt"; filename*=utf-8\'\'d.txt',
      "name=\"file\"; filename*=utf-8''d.txt",
      'name="file"; filename="../e.txt"',
      'name="file"; filename="f%22.txt"',
      'name="f%69le"; filename="g.txt"',
      'name="_method"',
    ].map((rest) => part(disposition(rest), "DELETE")),
  ),
  "fields of parts": addPart(
    part(`content-disposition: form-data; name="role"`, "admin"),
    part(`${disposition('name="role"')}\r\nContent-Type: text/plain; charset=utf-16`, "admin"),
    part(`${disposition('name="role"')}\r\nContent-Transfer-Encoding: base64`, "YWRtaW4="),
    part(`${disposition('name="role"')}\r\n folded`, "admin"),
    part(`X-Other: 1\r\n${disposition('name="note"')}`, "admin"),
    part(disposition('name="_charset_"'), "utf-16"),
    part(`${disposition('name="note"')}\r\n${disposition('name="role"')}`, "admin"),
  ),
  "framing of parts": inBody("multipart", (body, random) =>
    random.pick([
      `preamble\r\n${body}`,
      `${body}epilogue`,
      body.replaceAll("\r\n", "\n"),
      body.replace(`--${boundary}--\r\n`, ""),
      `\r\n${body}`,
      body.replace(`--${boundary}\r\n`, `--${boundary} \r\n`),
      `${body}${part(disposition('name="role"'), "admin")}--${boundary}--\r\n`,
      body.replace("some text", `some\r\n--${boundary}x text`),
    ]),
  ),
};
