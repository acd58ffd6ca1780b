// The page around the conversation: its buttons, its menu, and the start.
import * as api from "/static/api.js";
import { backOnline, begin, composer, erase, exclusively, retry, showExamples, startFresh, turn } from "/static/conversation.js";
import * as frame from "/static/frame.js";
import * as settings from "/static/settings.js";
import * as view from "/static/view.js";
import { wireVoice } from "/static/voice.js";

const by = (id) => document.getElementById(id);

async function askFresh() {
  if (!api.talk().handled || (await view.ask("fresh"))) return exclusively(() => startFresh());
  return view.keepFocus(); // on a phone the menu that opened the question is gone
}

async function askErase() {
  if (await view.ask("erase")) return exclusively(erase);
  return view.keepFocus();
}

async function switchLanguage() {
  const title = settings.words("other_language");
  const chosen = settings.toggleLanguage();
  view.status("language_done");
  if (!by("try").hidden) showExamples(true);
  if (!api.talk().handled) return startFresh(); // nothing said yet: begin in the new language
  return turn({ button: `language_${chosen}`, title }, title);
}

function menu(open) {
  by("menu-button").setAttribute("aria-expanded", String(open));
  by("menu").classList.toggle("open", open);
}

function wire() {
  const on = (id, work) => by(id).addEventListener("click", work);
  on("human", () => exclusively(() => turn({ button: "human", title: settings.words("human") }, settings.words("human"))));
  on("leave", () => exclusively(() => turn({ button: "cancel", title: settings.words("leave") }, settings.words("leave"))));
  on("retry", retry);
  on("fresh", askFresh);
  on("erase", askErase);
  on("language", () => exclusively(switchLanguage));
  on("elder", settings.toggleElder);
  on("dark", settings.toggleDark);
  on("print", () => print());
  on("menu-button", () => menu(by("menu-button").getAttribute("aria-expanded") !== "true"));
  document.addEventListener("click", (event) => event.target.closest(".tools") || menu(false));
  by("menu").addEventListener("click", () => {
    by("menu-button").focus();
    menu(false);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing || by("ask").open) return;
    if (!by("menu").classList.contains("open")) return frame.tell("close");
    menu(false);
    by("menu-button").focus();
  });
  addEventListener("online", backOnline);
  addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((d) => (d.open = true)));
}

// 长者模式 stands in sight where there is room for it.
function placeElder() {
  const [room, elder] = [matchMedia("(min-width: 40rem)").matches, by("elder")];
  if (room !== (elder.parentNode === by("menu"))) return;
  if (room) by("tools").prepend(elder);
  else by("menu").prepend(elder);
}

function wireFrame() {
  by("close").hidden = !frame.embedded;
  by("close").addEventListener("click", () => frame.tell("close"));
  frame.onOpened(() => (matchMedia("(pointer: coarse)").matches ? by("title") : composer.input).focus());
  frame.tell("ready");
}

async function learnMode() {
  try {
    view.demonstration((await api.mode()) === "demo");
  } catch {
    // No connection: the opening tells it.
  }
}

frame.paint();
placeElder();
addEventListener("resize", placeElder);
settings.apply();
composer.text = api.talk().draft || "";
wire();
wireVoice(composer);
wireFrame();
view.progress(api.talk().form);
learnMode();
exclusively(begin, false); // a page that has just opened is read from its top
