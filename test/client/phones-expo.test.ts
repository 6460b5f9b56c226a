import { samples } from "./phones/build-app.ts";
import { testOnPhones } from "./phones/test-on-phones.ts";

testOnPhones("an app made with Expo", {
  sample: samples()[0],
  setUp: ["react-native/Libraries/Core/InitializeCore", "expo/src/winter"],
  heedsExports: true,
});
