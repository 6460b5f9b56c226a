import { app } from "./controls/app/control.ts";
import { authentication } from "./controls/authentication/control.ts";
import { binding } from "./controls/binding/control.ts";
import { capacity } from "./controls/capacity/control.ts";
import { closed } from "./controls/closed/control.ts";
import { contract } from "./controls/contract/control.ts";
import { cors } from "./controls/cors/control.ts";
import { dialect } from "./controls/dialect/control.ts";
import { disclosure } from "./controls/disclosure/control.ts";
import { entry } from "./controls/entry/control.ts";
import { existence } from "./controls/existence/control.ts";
import { flow } from "./controls/flow/control.ts";
import { host } from "./controls/host/control.ts";
import { impersonation } from "./controls/impersonation/control.ts";
import { limit } from "./controls/limit/control.ts";
import { pressure } from "./controls/pressure/control.ts";
import { Order } from "./controls/order-builder.ts";
import { ownership } from "./controls/ownership/control.ts";
import { pages } from "./controls/pages/control.ts";
import { protocol } from "./controls/protocol/control.ts";
import { provenance } from "./controls/provenance/control.ts";
import { response } from "./controls/response/control.ts";
import { sealedIds } from "./controls/sealed-ids/control.ts";
import { signal } from "./controls/signal/control.ts";
import { stepUp } from "./controls/step-up/control.ts";
import { version } from "./controls/version/control.ts";
import { websocket } from "./controls/websocket/control.ts";
import { writable } from "./controls/writable/control.ts";

/**
 * The order of the journey. A step stands behind those that give the facts it needs, or this file
 * does not compile. Where the types leave a choice, the reasons are beside the lines.
 */
export const order = Order.begin()
  .beforeRoute(protocol, "arrive")
  // A coarse bound by address stands before anything that costs more than it.
  .beforeRoute(limit, "admission")
  .beforeRoute(host, "judge")
  .beforeRoute(cors, "preflight")
  .beforeRoute(pages, "answer")
  .beforeRoute(version, "select")
  // Route before authenticate: the operation names its credentials, and one that is switched off
  // must not cost cryptography.
  .route()
  // Whatever is asked of the backend from here on waits there as the operation does.
  .step(capacity, "urgency")
  // Whatever refuses from here on, it is known what was tried.
  .step(signal, "role")
  // What the operation reads of the fields is known now, and nothing has been read yet.
  .step(protocol, "oneSpelling")
  // Another method is another operation: before anything is asked of this one.
  .step(dialect, "query")
  .step(version, "sunset")
  .step(app, "identify")
  .step(app, "upgrade")
  // Behind the build that calls, by which it may be staged, and before anything costs more.
  .step(closed, "refuse")
  .step(authentication, "authenticate")
  .step(authentication, "life")
  .step(binding, "prove")
  // Behind the facts by which modes are staged, and before anything is asked of the backend.
  .step(websocket, "origin")
  .step(binding, "refuseBearer")
  // Whoever asks to be somebody else has proved by now who it is itself; and everything behind is
  // judged, counted and told of the person in whose name it is done.
  .step(impersonation, "take")
  .step(impersonation, "act")
  .step(app, "stay")
  // Whoever is held because of an incident: before anything is counted for them, or asked.
  .step(response, "find")
  .step(response, "signInAgain")
  .step(response, "quarantine")
  // Whoever is known for failing pays before anything else is counted.
  .step(pressure, "press")
  .step(limit, "beforeBody")
  // The caller is known, for whom it may be staged; and nobody was asked with the fields so far.
  .step(protocol, "listed")
  // Sealed ids are opened before parameters are validated, so that contract, ownership and backend
  // see the same id.
  .step(sealedIds, "open")
  // By the ids that the backend knows, and before anything is asked of them.
  .step(provenance, "recall")
  .step(contract, "parameters")
  .step(contract, "writeHead")
  .step(entry, "enter")
  .step(stepUp, "bySignIn")
  // Only for who may enter; and before the backend is asked anything in the caller's name.
  .step(authentication, "exchange")
  .step(ownership, "evidence")
  .step(ownership, "byHead")
  // What is refused by then uses up no steps, and whoever has not taken them gives no body to read.
  .step(flow, "after")
  // A caller who may not enter must not make the gate read a body.
  .step(contract, "takeBody")
  .step(dialect, "body")
  .step(sealedIds, "openBody")
  .step(contract, "body")
  .step(dialect, "fields")
  .step(writable, "properties")
  // Before anything refuses by what the body names: who is guessed at is told of refusals too.
  .step(signal, "target")
  .step(stepUp, "byBody")
  .step(ownership, "byBody")
  .step(limit, "byBody")
  // Reading a body, or asking others, may have taken longer than the answer is of use.
  .step(capacity, "inTime")
  .step(websocket, "handshake")
  // The last: what is refused takes no seat.
  .step(websocket, "seat")
  // Before anything can refuse the answer: what it has changed is changed all the same.
  .onAnswer(authentication, "forget")
  // By the ids that the backend knows, and whatever is taken from the answer on its way out.
  .onAnswer(authentication, "learn")
  // The backend's own answer says whether a guess was one, whatever becomes of the answer here.
  .onAnswer(limit, "settle")
  .onAnswer(flow, "outcome")
  .onAnswer(signal, "outcome")
  .onAnswer(pressure, "outcome")
  // Stands before the contract. A 404 that the document does not declare would be refused there,
  // and so could be told from the answer for another's object.
  .onAnswer(existence, "hide")
  .onAnswer(ownership, "owner")
  .onAnswer(sealedIds, "hold")
  .onAnswer(ownership, "evidence")
  .onAnswer(ownership, "foreign")
  .onAnswer(disclosure, "strip")
  .onAnswer(contract, "fits")
  // Stands behind the steps that cut and strip, so that only ids which really leave are noted as
  // shown.
  .onAnswer(provenance, "note")
  .onAnswer(sealedIds, "seal");
