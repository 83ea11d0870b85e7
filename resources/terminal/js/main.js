// The composition root: the only module that knows all.

import { Clock } from "./device/clock.js";
import { openStore } from "./device/store.js";
import { Settings } from "./session/settings.js";
import { Terminal } from "./session/terminal.js";
import { HelpView } from "./view/help_view.js";
import { Shell } from "./view/shell.js";
import { Words, phoneLocale } from "./view/words.js";

/** The code of an enrolment link, taken out of the address so that it is in no history or screenshot. */
function takeCode() {
  const code = new URLSearchParams(location.hash.slice(1)).get("code");
  if (code) history.replaceState(null, "", location.pathname + location.search);
  return code;
}

function gatewayUrl() {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  return `${scheme}://${location.host}/v1`;
}

/** A site's help poster leads to `#help`: nobody enrols or signs in there. */
async function startHelp() {
  const words = new Words();
  await words.load();
  words.use(phoneLocale());
  new HelpView({ url: gatewayUrl(), words, root: document.getElementById("app") });
}

async function start() {
  if (location.hash === "#help") return startHelp();
  const code = takeCode();
  const store = await openStore();
  const settings = new Settings({ store });
  const words = new Words();
  await Promise.all([settings.load(), words.load()]);
  words.use(settings.get("locale") ?? phoneLocale());
  const clock = new Clock({ offset_s: settings.get("clock_offset_s") ?? 0 });
  const player = document.getElementById("player");
  const terminal = new Terminal({ url: gatewayUrl(), store, settings, clock, words, player });
  await terminal.load();
  const shell = new Shell({ terminal, words, root: document.getElementById("app") });
  shell.build();
  listen(terminal);
  if (!store.isLasting) terminal.toast(words.text("link.memory_only"), "bad");
  if (code || terminal.door.isEnrolled) terminal.connect({ code });
  await terminal.choices.resumeDuty();
  keepForLater();
}

/** The page's own files, so that it opens without a network the next time. A browser that will not is no worse off. */
function keepForLater() {
  navigator.serviceWorker?.register("sw.js").catch(() => {});
}

function listen(terminal) {
  window.addEventListener("online", () => terminal.networkReturned());
  window.addEventListener("offline", () => terminal.link.networkGone());
  document.addEventListener("visibilitychange", () => document.hidden || terminal.shown());
}

start();
