import { defineApp, found, listOf, props } from "../app.ts";

interface Restaurant {
  name: string;
  owner: string;
  city: string;
}
interface Booking {
  code: string;
  restaurant: string;
  guest: string;
}
const passwords: Readonly<Record<string, string>> = { ann: "ann-pass", ben: "ben-pass" };
let restaurants: Restaurant[] = [];
let bookings: Booking[] = [];
const restaurant = (name: unknown): Restaurant | undefined =>
  restaurants.find((one) => one.name === name);
const booking = (code: unknown): Booking | undefined => bookings.find((one) => one.code === code);
const basic = (person: string): string =>
  `Basic ${Buffer.from(`${person}:${passwords[person]}`).toString("base64")}`;
const aRestaurant = props({ name: "string", owner: "string", city: "string" });
const aBooking = props({ code: "string", restaurant: "string", guest: "string" });

/** Basic; ids that are names; bookings that belong to whom their restaurant belongs to. */
export const kitchen = defineApp<string>({
  name: "kitchen",
  scheme: { type: "http", scheme: "basic" },
  userOf: ({ headers }) =>
    Object.keys(passwords).find((person) => headers.authorization === basic(person)),
  reset() {
    restaurants = [
      { name: "blue-door", owner: "ann", city: "Bern" },
      { name: "red-lamp", owner: "ben", city: "Basel" },
    ];
    bookings = [
      { code: "K4T-11", restaurant: "blue-door", guest: "cid" },
      { code: "K4T-12", restaurant: "red-lamp", guest: "dora" },
    ];
  },
  routes: [
    {
      at: "GET /me",
      id: "getMe",
      answer: props({ username: "string" }),
      say: (_asked, username) => ({ json: { username }, headers: { "Cache-Control": "no-store" } }),
    },
    {
      at: "GET /restaurants",
      id: "listRestaurants",
      answer: listOf(aRestaurant),
      say: (_asked, user) => ({ json: restaurants.filter(({ owner }) => owner === user) }),
    },
    {
      at: "GET /restaurants/{name}",
      id: "getRestaurant",
      answer: aRestaurant,
      say: ({ params }) => found(restaurant(params["name"])),
    },
    {
      at: "PATCH /restaurants/{name}",
      id: "changeRestaurant",
      body: props({ city: "string" }),
      say: ({ params }) => found(restaurant(params["name"])),
    },
    {
      at: "GET /restaurants/{name}/bookings",
      id: "listBookings",
      answer: listOf(aBooking),
      say: ({ params }) => ({ json: bookings.filter((one) => one.restaurant === params["name"]) }),
    },
    {
      at: "GET /bookings/{code}",
      id: "getBooking",
      answer: aBooking,
      say: ({ params }) => found(booking(params["code"])),
    },
    {
      at: "DELETE /bookings/{code}",
      id: "dropBooking",
      say: ({ params }) => found(booking(params["code"])),
    },
    {
      at: "POST /bookings/{code}/confirm",
      id: "confirmBooking",
      say: ({ params }) => found(booking(params["code"])),
    },
    {
      at: "GET /reports",
      id: "getReport",
      query: ["restaurant"],
      say: ({ query }) => found(restaurant(query.get("restaurant")) && { sold: 7 }),
    },
  ],
  signIn: (_post, person) => ({ headers: { Authorization: basic(person) } }),
  learnAs: (person) => ({
    credential: { header: "Authorization", scheme: "Basic" },
    token: { env: `KITCHEN_${person.toUpperCase()}` },
    whoami: { operation: "getMe", sub: "/username" },
  }),
  environment: Object.fromEntries(
    ["ann", "ben"].map((person) => [`KITCHEN_${person.toUpperCase()}`, basic(person).slice(6)]),
  ),
  holes: [
    { name: "another's restaurant is read", as: "ann", at: "GET /restaurants/red-lamp" },
    {
      name: "another's restaurant is moved",
      as: "ann",
      at: "PATCH /restaurants/red-lamp",
      body: { city: "x" },
    },
    { name: "another's bookings are listed", as: "ann", at: "GET /restaurants/red-lamp/bookings" },
    { name: "another's booking is read", as: "ann", at: "GET /bookings/K4T-12" },
    { name: "another's booking is deleted", as: "ben", at: "DELETE /bookings/K4T-11" },
    { name: "another's booking is confirmed", as: "ben", at: "POST /bookings/K4T-11/confirm" },
    { name: "another's report is read", as: "ann", at: "GET /reports?restaurant=red-lamp" },
  ],
  steps: [
    { as: "ann", at: "GET /me" },
    { as: "ann", at: "GET /restaurants" },
    { as: "ann", at: "GET /restaurants/blue-door" },
    { as: "ben", at: "PATCH /restaurants/red-lamp", body: { city: "Bern" } },
    { as: "ann", at: "GET /restaurants/blue-door/bookings" },
    { as: "ben", at: "GET /bookings/K4T-12" },
    { as: "ann", at: "DELETE /bookings/K4T-11" },
    { as: "ben", at: "POST /bookings/K4T-12/confirm" },
    { as: "ben", at: "GET /reports?restaurant=red-lamp" },
  ],
  policy: `portcullis: 1
mode: enforce
apis: [{ openapi: openapi.json, upstream: UPSTREAM }]
identity:
  sources:
    kitchen: { credential: { scheme: Basic }, whoami: { operation: getMe, sub: username } }
operations:
  - { match: getRestaurant, owner: { response: /owner, is: kitchen.sub } }
  - { match: [changeRestaurant, listBookings], owner: { lookup: getRestaurant, response: /owner, is: kitchen.sub } }
  - { match: getReport, owner: { lookup: getRestaurant, with: { name: restaurant }, response: /owner, is: kitchen.sub, optional: true } }
  - match: [getBooking, dropBooking, confirmBooking]
    owner:
      lookup: [{ operation: getBooking }, { operation: getRestaurant, with: { name: /restaurant } }]
      response: /owner
      is: kitchen.sub
`,
});
