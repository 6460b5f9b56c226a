import type { VulnerableApp } from "./app.ts";
import { boardroom } from "./apps/boards.ts";
import { chat } from "./apps/chat.ts";
import { feed } from "./apps/feed.ts";
import { kitchen } from "./apps/kitchen.ts";
import { lockerRoom } from "./apps/lockers.ts";
import { meterworks } from "./apps/meters.ts";
import { notebook } from "./apps/notes.ts";
import { shop } from "./apps/shop.ts";

/** One application for each kind of credential and of ownership. */
export const apps: readonly VulnerableApp[] = [
  shop,
  notebook,
  boardroom,
  kitchen,
  meterworks,
  feed,
  lockerRoom,
  chat,
];
