/**
 * The native side of an app, as React Native and Expo expect it, for engines that have the language
 * and nothing of the web: what the packages' own JavaScript asks of iOS. Whatever leaves the phone
 * goes through `ask`, which the test answers: requests, and the browser. Evaluated in the engine
 * before the app's bundle.
 */
"use strict";
(function (global) {
  var timers = global.nativeTimers;
  // React Native puts its own in its place where the engine is not Hermes.
  var EnginePromise = Promise;
  global.global = global;
  global.window = global;
  global.RN$Bridgeless = true;
  global.RN$registerCallableModule = function () {};
  global.setTimeout = timers.set;
  global.clearTimeout = timers.clear;
  global.setInterval = function () {
    throw new Error("nothing here may work by intervals");
  };
  global.nativePerformanceNow = function () {
    return Date.now() - start;
  };
  var start = Date.now();
  global.nativeLoggingHook = function (text, level) {
    if (level > 2) global.nativeLog(String(text));
  };

  // Hermes has one since React Native 0.74, and nothing to decode with.
  global.TextEncoder = function TextEncoder() {};
  global.TextEncoder.prototype.encode = function (text) {
    var units = unescape(encodeURIComponent(text));
    return Uint8Array.from(units, function (unit) { return unit.charCodeAt(0); });
  };

  // In every run the same: the engine that is started anew for each answer must ask the same again.
  var seed = global.nativeSeed >>> 0;
  function byte() {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed >>> 24;
  }
  function fill(bytes) {
    for (var index = 0; index < bytes.length; index += 1) bytes[index] = byte();
  }
  var letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  function base64(length) {
    var text = "";
    for (var index = 0; index < length; index += 3) {
      var three = (byte() << 16) | (byte() << 8) | byte();
      for (var place = 0; place < 4; place += 1)
        text += place > length - index ? "=" : letters[(three >> (18 - 6 * place)) & 63];
    }
    return text;
  }

  var asked = {};
  /** Asks the test; the same question again is another question. */
  function ask(what, details) {
    var question = what + " " + JSON.stringify(details);
    asked[question] = (asked[question] || 0) + 1;
    return new Promise(function (resolve) {
      global.nativeAsk(asked[question] + " " + question, function (answer) {
        resolve(JSON.parse(answer));
      });
    });
  }

  var requests = 0;
  var blobs = {};
  function emit(name, parts) {
    global.__rctDeviceEventEmitter.emit(name, parts);
  }
  var networking = {
    sendRequest: function (query, callback) {
      requests += 1;
      var id = requests;
      callback(id);
      var details = {
        method: query.method,
        url: query.url,
        headers: query.headers,
        body: query.data && (query.data.string !== undefined ? query.data.string : null),
      };
      void ask("fetch", details).then(function (answer) {
        if (answer.fault !== undefined) {
          emit("didCompleteNetworkResponse", [id, answer.fault, false]);
          return;
        }
        emit("didReceiveNetworkResponse", [id, answer.status, answer.headers, query.url]);
        var data = query.responseType === "base64" ? answer.base64 : answer.body;
        if (query.responseType === "blob") {
          data = { blobId: "blob " + id, offset: 0, size: answer.body.length };
          blobs[data.blobId] = answer.body;
        }
        emit("didReceiveNetworkData", [id, data]);
        emit("didCompleteNetworkResponse", [id, null, false]);
      });
    },
    abortRequest: function () {},
    clearCookies: function () {},
    addListener: function () {},
    removeListeners: function () {},
  };
  var plain = {};
  var marks = {
    multiGet: function (keys, callback) {
      callback(null, keys.map(function (key) { return [key, key in plain ? plain[key] : null]; }));
    },
    multiSet: function (pairs, callback) {
      pairs.forEach(function (pair) { plain[pair[0]] = pair[1]; });
      callback(null);
    },
  };
  var chain = {};
  var keychain = {
    getGenericPasswordForOptions: function (options) {
      var found = chain[options.service];
      return Promise.resolve(
        found === undefined ? false : { username: found[0], password: found[1], service: options.service },
      );
    },
    setGenericPasswordForOptions: function (options, name, password) {
      chain[options.service] = [name, password];
      return Promise.resolve({ service: options.service, storage: "keychain" });
    },
    resetGenericPasswordForOptions: function (options) {
      delete chain[options.service];
      return Promise.resolve(true);
    },
  };
  function openAuth(url, redirectUri) {
    return ask("browser", { url: url, redirectUri: redirectUri });
  }
  var modules = {
    PlatformConstants: {
      getConstants: function () {
        return {
          osVersion: "18.0",
          systemName: "iOS",
          interfaceIdiom: "phone",
          isTesting: false,
          forceTouchAvailable: false,
          reactNativeVersion: { major: 0, minor: 81, patch: 6 },
        };
      },
    },
    SourceCode: { getConstants: function () { return { scriptURL: "file:///main.jsbundle" }; } },
    NativeMicrotasksCxx: {
      queueMicrotask: function (work) { void EnginePromise.resolve().then(work); },
    },
    ExceptionsManager: {
      reportException: function (data) {
        global.nativeDone(JSON.stringify({ fault: data.message + " " + JSON.stringify(data.stack.slice(0, 12).map(function (one) { return one.methodName + ":" + one.lineNumber; })) }));
      },
    },
    Networking: networking,
    BlobModule: {
      getConstants: function () { return { BLOB_URI_SCHEME: "blob", BLOB_URI_HOST: null }; },
      addNetworkingHandler: function () {},
      release: function (id) { delete blobs[id]; },
    },
    FileReaderModule: {
      readAsText: function (blob) { return Promise.resolve(blobs[blob.blobId]); },
    },
    RNCAsyncStorage: marks,
    RNKeychainManager: keychain,
    RNGetRandomValues: { getRandomBase64: base64 },
    RNInAppBrowser: {
      isAvailable: function () { return Promise.resolve(true); },
      openAuth: openAuth,
    },
    DeviceInfo: {
      getConstants: function () {
        var size = { width: 390, height: 844, scale: 3, fontScale: 1 };
        return { Dimensions: { window: size, screen: size } };
      },
    },
    AppState: {
      getConstants: function () { return { initialAppState: "active" }; },
      getCurrentAppState: function (told) { told({ app_state: "active" }); },
      addListener: function () {},
      removeListeners: function () {},
    },
  };
  global.__turboModuleProxy = function (name) {
    return modules[name] || null;
  };
  global.nativeModuleProxy = modules;

  var stored = {};
  global.expo = {
    modules: {
      ExpoCrypto: {
        getRandomValues: fill,
        digestAsync: undefined,
        digest: function (algorithm, output, data) {
          output.set(global.nativeSha256(data));
        },
      },
      ExpoSecureStore: {
        AFTER_FIRST_UNLOCK_THIS_DEVICE_ONLY: 1,
        getValueWithKeyAsync: function (key) {
          return Promise.resolve(key in stored ? stored[key] : null);
        },
        setValueWithKeyAsync: function (value, key) {
          if (value.length > 2048) throw new Error("too long for the keychain");
          stored[key] = value;
          return Promise.resolve();
        },
        deleteValueWithKeyAsync: function (key) {
          delete stored[key];
          return Promise.resolve();
        },
      },
      ExpoWebBrowser: {
        openAuthSessionAsync: openAuth,
      },
    },
    EventEmitter: function () {},
    NativeModule: function () {},
    SharedObject: function () {},
    SharedRef: function () {},
  };
})(globalThis);
