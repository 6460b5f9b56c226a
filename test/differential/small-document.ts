/** The document that every backend here implements: siblings, parameters and bodies of each kind. */
const ok =
  '{ "200": { description: ok, content: { application/json: { schema: { type: object } } } } }';
const person =
  "{ type: object, required: [name], additionalProperties: true, properties: { name: { type: string }, role: { type: string }, " +
  "age: { type: integer }, vip: { type: boolean }, tags: { type: array, items: { type: string } } } }";
const json = (schema: string): string =>
  `{ required: true, content: { application/json: { schema: ${schema} } } }`;
const id = "{ name: id, in: path, required: true, schema: { type: string } }";
const q = "{ name: q, in: query, schema: { type: string } }";
const form = (properties: string): string =>
  `{ required: true, content: { application/x-www-form-urlencoded: { schema: { type: object, additionalProperties: true, properties: { ${properties} } } } } }`;
const text = "{ type: string }";

export const smallDocument = `openapi: 3.1.0
info: { title: Differential, version: v1 }
security: []
paths:
  /users:
    post: { operationId: createUser, requestBody: ${json(person)}, responses: ${ok} }
  /users/{id}:
    get:
      operationId: getUser
      parameters:
        - ${id}
        - ${q}
        - { name: page, in: query, schema: { type: integer } }
        - { name: ratio, in: query, schema: { type: number } }
        - { name: active, in: query, schema: { type: boolean } }
        - { name: tag, in: query, schema: { type: array, items: ${text} } }
        - { name: X-Tenant, in: header, schema: ${text} }
        - { name: theme, in: cookie, schema: ${text} }
      responses: ${ok}
    put: { operationId: putUser, parameters: [${id}], requestBody: ${json(person)}, responses: ${ok} }
    delete: { operationId: deleteUser, parameters: [${id}], responses: ${ok} }
    post: { operationId: touchUser, parameters: [${id}], requestBody: ${form(`role: ${text}, note: ${text}`)}, responses: ${ok} }
  /users/export:
    get: { operationId: exportUsers, parameters: [${q}], responses: ${ok} }
  /users/@me:
    get: { operationId: getMe, responses: ${ok} }
  /users/search:
    post: { operationId: searchUsers, requestBody: ${json(`{ type: object, properties: { q: ${text}, page: { type: integer } } }`)}, responses: ${ok} }
  /login:
    post: { operationId: login, requestBody: ${form(`user: ${text}, role: ${text}, age: { type: integer }, keep: { type: boolean }`)}, responses: ${ok} }
  /uploads:
    post:
      operationId: upload
      requestBody:
        required: true
        content:
          multipart/form-data:
            schema: { type: object, properties: { title: ${text}, role: ${text}, file: { type: string, format: binary } } }
      responses: ${ok}
  /files/{name}:
    get: { operationId: getFile, parameters: [{ name: name, in: path, required: true, schema: ${text} }], responses: ${ok} }
  /files/archive/{entry}:
    get: { operationId: getEntry, parameters: [{ name: entry, in: path, required: true, schema: ${text} }], responses: ${ok} }
  /files/{name}/raw:
    get: { operationId: getRaw, parameters: [{ name: name, in: path, required: true, schema: ${text} }], responses: ${ok} }
`;
