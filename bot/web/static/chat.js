// The conversation: opening, sending, what happens when the network or the session goes.
import * as api from "/static/api.js";
import { Composer } from "/static/composer.js";
import { botRow, divider, userRow } from "/static/message.js";
import * as settings from "/static/settings.js";
import { make } from "/static/text.js";
import * as view from "/static/view.js";

const by = (id) => document.getElementById(id);
const composer = new Composer(submit);
let busy = false;
let again = null; // what "retry" does
let pressedLast = null;

const rowsOf = (messages) => messages.map((message) => botRow(message, press));
const rowOf = (entry) => (entry.from === "user" ? userRow(entry.text) : botRow(entry.message, press));

/** One thing at a time: what is pressed while a reply is awaited is not sent. */
async function exclusively(work, holdFocus = true) {
  if (busy) return view.status("wait");
  busy = true;
  view.busy(true);
  view.noTrouble();
  try {
    await work();
  } catch (error) {
    await failed(error);
  } finally {
    busy = false;
    view.busy(false);
    view.progress(api.talk().form);
    if (holdFocus) view.keepFocus();
  }
}

// -- beginning

async function begin() {
  if (!api.talk().token) return openNew();
  try {
    await resume();
  } catch (error) {
    if (error.status !== 401) throw error;
    await expired();
  }
}

async function openNew() {
  again = begin;
  const messages = await api.open();
  view.clear();
  view.append(rowsOf(messages));
  showExamples(true);
}

async function resume() {
  again = begin;
  const entries = await api.history();
  if (!entries.length) return openNew();
  view.clear();
  const last = entries.map((entry) => entry.from).lastIndexOf("user") + 1;
  view.append(entries.slice(0, last).map(rowOf), true);
  view.settleChoices(); // only what was asked last can still be chosen
  view.append(entries.slice(last).map(rowOf), true);
  const handled = count(entries);
  const { pending } = api.talk();
  if (pending && handled > pending.handled) settled(pending);
  api.remember({ handled });
  if (api.talk().pending && pending.body.text) composer.giveBack(pending.body.text);
  showExamples(handled === 0);
  view.scrollTo(by("log").lastElementChild);
}

const count = (entries) => entries.filter((entry) => entry.from === "user").length;

async function expired() {
  api.forget();
  const messages = await api.open();
  view.append([divider("expired"), ...rowsOf(messages)]);
  view.settleChoices();
  view.trouble(settings.words("expired"), false);
  view.scrollTo(by("log").lastElementChild);
}

// -- sending

function submit() {
  if (composer.over) {
    view.trouble(composer.tooLong(), false);
    return composer.input.focus();
  }
  if (!composer.text) return composer.input.focus();
  const text = composer.text;
  return exclusively(() => turn({ text }, text));
}

function press(button, element) {
  return exclusively(async () => {
    pressedLast = element;
    await turn({ button: button.id, title: button.title.slice(0, 100) }, button.title);
  });
}

/** One turn. A message that may have arrived before is looked for first, so that nothing is sent twice. */
async function turn(body, shown) {
  again = () => turn(body, shown);
  if (!api.talk().token) await openNew();
  if (api.talk().pending && (await hadArrived(body))) return;
  const row = userRow(shown);
  showExamples(false);
  view.append([row]);
  view.scrollTo(row);
  if (body.text) composer.text = "";
  view.keepFocus();
  api.remember({ pending: { body, shown, handled: api.talk().handled || 0 } });
  try {
    const { messages } = await api.send(body);
    show(row, rowsOf(messages));
  } catch (error) {
    row.remove();
    if (error.status < 500) api.remember({ pending: null }); // refused before it was handled
    if (body.text) composer.giveBack(body.text);
    throw error;
  }
}

function show(row, rows) {
  view.settleChoices(pressedLast);
  pressedLast = null;
  view.append(rows);
  view.scrollTo(row);
}

/** Whether the unanswered message had reached the server; then its reply is shown. True: it was this very one. */
async function hadArrived(body) {
  const { pending } = api.talk();
  const entries = await api.history();
  if (count(entries) <= pending.handled) {
    api.remember({ pending: null });
    return false;
  }
  const from = entries.map((entry) => entry.from).lastIndexOf("user");
  const rows = entries.slice(from).map(rowOf);
  view.append(rows.slice(0, 1));
  show(rows[0], rows.slice(1));
  showExamples(false);
  api.remember({ handled: count(entries) });
  settled(pending);
  return JSON.stringify(body) === JSON.stringify(pending.body);
}

function settled(pending) {
  api.remember({ pending: null });
  if (pending.body.text && composer.text === pending.body.text.trim()) composer.text = "";
}

// -- troubles

async function failed(error) {
  if (error instanceof api.Lost) return view.trouble(settings.words(api.talk().pending ? "network" : "network_open"), true);
  if (!(error instanceof api.Refused)) throw error;
  if (error.status === 401) return expired().catch(failed);
  const mine = settings.words(`errors.${error.code}`);
  // The server's sentence is in the session's language, which may no longer be the page's.
  const same = !api.talk().language || api.talk().language === settings.language();
  view.trouble((same && error.sentence) || mine || settings.words("errors.failed"), error.status >= 429);
  if (error.code === "not_ready") setTimeout(() => !busy && !by("trouble").hidden && retry(), (error.wait || 5) * 1000);
  if (error.code === "too_long" || error.code === "empty") composer.input.focus();
}

function retry() {
  const { pending } = api.talk();
  // A text may have been changed in the box since: what stands there now is what the user wants to say.
  if (pending && pending.body.text && composer.text) return submit();
  return exclusively(again || begin);
}

// -- the page

function showExamples(on) {
  by("try").hidden = !on;
  if (!on) return;
  by("examples").replaceChildren(...settings.words("examples").map((text) => {
    const button = make("button", "choice", text);
    button.type = "button";
    button.addEventListener("click", () => exclusively(() => turn({ text }, text)));
    const item = make("li");
    item.append(button);
    return item;
  }));
}

async function startFresh() {
  api.forget();
  await openNew();
  view.status("fresh_done");
  scrollTo(0, 0);
}

function askFresh() {
  const dialog = by("ask-fresh");
  if (!api.talk().handled || !dialog.showModal) return exclusively(startFresh);
  dialog.returnValue = "";
  dialog.showModal();
  return undefined;
}

function switchLanguage() {
  const chosen = settings.toggleLanguage();
  view.status("language_done");
  if (!by("try").hidden) showExamples(true);
  if (!api.talk().handled) return exclusively(startFresh); // nothing said yet: begin in the new language
  const title = settings.words("other_language", {}, chosen === "en" ? "zh" : "en");
  return exclusively(() => turn({ button: `language_${chosen}`, title }, title));
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
  on("language", switchLanguage);
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
  addEventListener("online", () => by("trouble").hidden || by("retry").hidden || busy || retry());
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
