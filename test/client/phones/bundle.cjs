/**
 * Bundles an app as React Native's own tool does, for iOS and for release.
 * Arguments: the app's folder, the folder of its packages, the client's built package, whether
 * `exports` of packages are heeded (Metro does not before 0.82), and the file to write.
 */
const { join } = require("node:path");
const { createRequire } = require("node:module");

const [app, packages, client, heedsExports, out] = process.argv.slice(2);
const from = createRequire(join(packages, "react-native", "package.json"));
const { getDefaultConfig, mergeConfig } = from("@react-native/metro-config");
const Metro = from("metro");

const config = mergeConfig(getDefaultConfig(app), {
  projectRoot: app,
  watchFolders: [app, packages, client],
  resolver: {
    nodeModulesPaths: [packages],
    extraNodeModules: { "@portcullis/client": client },
    unstable_enablePackageExports: heedsExports === "true",
    useWatchman: false,
  },
  transformer: { babelTransformerPath: from.resolve("@react-native/metro-babel-transformer") },
  reporter: { update: () => undefined },
  maxWorkers: 2,
});
Metro.runBuild(config, { entry: "index.js", platform: "ios", dev: false, minify: false, out }).then(
  () => process.exit(0),
  (fault) => {
    console.error(fault);
    process.exit(1);
  },
);
