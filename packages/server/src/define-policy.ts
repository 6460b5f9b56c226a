/** For `portcullis.config.ts`: `import { definePolicy } from "portcullis/define-policy"`. */
export { definePolicy } from "@portcullis/guard";
