// The page around the conversation: its buttons, its menu, and the start.
import * as api from "/static/api.js";
import { backOnline, begin, composer, exclusively, retry, showExamples, startFresh, turn } from "/static/conversation.js";
import * as settings from "/static/settings.js";
import * as view from "/static/view.js";

const by = (id) => document.getElementById(id);

function askFresh() {
  const dialog = by("ask-fresh");
  if (!api.talk().handled || !dialog.showModal) return exclusively(startFresh);
  dialog.returnValue = "";
  dialog.showModal();
  return undefined;
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
  on("language", () => exclusively(switchLanguage));
  on("elder", settings.toggleElder);
  on("dark", settings.toggleDark);
  on("print", () => print());
  by("ask-fresh").addEventListener("close", (event) => {
    if (event.target.returnValue) exclusively(startFresh);
    view.keepFocus(); // on a phone the menu that opened the question is gone
  });
  on("menu-button", () => menu(by("menu-button").getAttribute("aria-expanded") !== "true"));
  document.addEventListener("click", (event) => event.target.closest(".tools") || menu(false));
  by("menu").addEventListener("click", () => {
    if (by("menu-button").getClientRects().length) by("menu-button").focus();
    menu(false);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !by("menu").classList.contains("open")) return;
    menu(false);
    by("menu-button").focus();
  });
  addEventListener("online", backOnline);
  addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((d) => (d.open = true)));
}

async function learnMode() {
  try {
    view.demonstration((await api.mode()) === "demo");
  } catch {
    // No connection: the opening tells it.
  }
}

settings.apply();
composer.text = api.talk().draft || "";
wire();
view.progress(api.talk().form);
learnMode();
exclusively(begin, false); // a page that has just opened is read from its top
