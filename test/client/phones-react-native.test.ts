import { samples } from "./phones/build-app.ts";
import { testOnPhones } from "./phones/test-on-phones.ts";

// Bundled as by the tools before `exports` of packages were heeded: each entrance is a folder too.
testOnPhones("an app made with React Native", {
  sample: samples().reactNative,
  setUp: ["react-native/Libraries/Core/InitializeCore"],
  heedsExports: false,
});
