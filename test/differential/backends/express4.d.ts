/** Express 4, installed under this name beside version 5. What is used here has one shape in both. */
declare module "express4" {
  import express from "express";
  export default express;
}
