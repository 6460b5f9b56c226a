import { samples } from "./phones/build-app.ts";
import { testOnPhones } from "./phones/test-on-phones.ts";

testOnPhones("an app made with Expo", {
  sample: samples().expo,
  setUp: ["react-native/Libraries/Core/InitializeCore", "expo/src/winter"],
  heedsExports: true,
});
