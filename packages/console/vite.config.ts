import { readFileSync } from "node:fs";
import type { UserConfig } from "vite";

const { PORTCULLIS_ADMIN = "http://localhost:9443", PORTCULLIS_ADMIN_TOKEN_FILE } = process.env;

/** While the console is worked on: whoever opens it is who the token says. */
function authorization(): Record<string, string> {
  if (PORTCULLIS_ADMIN_TOKEN_FILE === undefined) return {};
  return { Authorization: `Bearer ${readFileSync(PORTCULLIS_ADMIN_TOKEN_FILE, "utf8").trim()}` };
}

/** Pages and the admin API have the same addresses: a browser that navigates gets the page. */
const isForThePage = (url: string, fetchMode: string | undefined): boolean =>
  fetchMode === "navigate" || /^\/(?:@|src\/|node_modules\/|assets\/|favicon)/.test(url);

const settings: UserConfig = {
  root: import.meta.dirname,
  base: "/",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    manifest: "manifest.json",
    assetsDir: "assets",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    target: "es2022",
  },
  server: {
    proxy: {
      "^/": {
        target: PORTCULLIS_ADMIN,
        changeOrigin: true,
        headers: authorization(),
        bypass: ({ headers, url = "/" }) =>
          isForThePage(url, headers["sec-fetch-mode"]) ? url : undefined,
      },
    },
  },
};

// Vite asks for its settings under this name.
// oxlint-disable-next-line import/no-default-export
export default settings;
