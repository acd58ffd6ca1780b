// The conversation: opening, sending, what happens when the network or the session goes.
import * as api from "/static/api.js";
import { Composer } from "/static/composer.js";
import { tell } from "/static/frame.js";
import { botRow, divider, userRow } from "/static/message.js";
import * as settings from "/static/settings.js";
import { make } from "/static/text.js";
import * as view from "/static/view.js";

const by = (id) => document.getElementById(id);
export const composer = new Composer(submit);
let busy = false; // one thing at a time
let again = () => exclusively(begin); // what "retry" does
let pressedLast = null;

const rowsOf = (messages) => messages.map((message) => botRow(message, press));
const rowOf = (entry) => (entry.from === "user" ? userRow(entry.text) : botRow(entry.message, press));

/** One thing at a time: what is pressed while a reply is awaited is not sent. */
export async function exclusively(work, holdFocus = true) {
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

/** Go on with the conversation of this tab or of a link, or open one. */
export async function begin() {
  again = () => exclusively(begin);
  const code = /^\/continue\/(.+)$/.exec(location.pathname);
  if (code) await takeUp(code[1]);
  if (!api.talk().token) return openNew();
  try {
    await resume();
  } catch (error) {
    if (error.status !== 401) throw error;
    await expired();
  }
}

async function takeUp(code) {
  history.replaceState(null, "", "/"); // the link opens once; a reload goes on with the token
  try {
    await api.redeem(code);
  } catch (error) {
    if (!(error instanceof api.Refused)) throw error;
    view.trouble(settings.words("link_used"), false);
  }
}

async function openNew() {
  const messages = await api.open();
  view.clear();
  view.append(rowsOf(messages));
  showExamples(true);
}

async function resume() {
  const entries = await api.history();
  if (!entries.length) return openNew();
  view.clear();
  const last = entries.map((entry) => entry.from).lastIndexOf("user") + 1;
  view.append(entries.slice(0, last).map(rowOf), true);
  view.settleChoices(); // only what was asked last can still be chosen
  view.append(entries.slice(last).map(rowOf), true);
  const handled = count(entries);
  const { pending } = api.talk();
  if (pending && entries.some((entry) => entry.client_id === pending.id)) settled(pending);
  api.remember({ handled });
  if (api.talk().pending && pending.body.text) composer.giveBack(pending.body.text);
  showExamples(handled === 0);
  if (handled) view.scrollTo(by("log").lastElementChild, true);
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
    if (button.say) await turn({ text: button.say }, button.say);
    else await turn({ button: button.id, title: button.title.slice(0, 100) }, button.title);
  });
}

/** One turn. What was sent before without a reply is sent again under its old id: the server handles it once. */
export async function turn(body, shown) {
  // A text may be changed in the box before it is tried again: what stands there then is what the user wants to say.
  again = body.text ? submit : () => exclusively(() => turn(body, shown));
  if (!api.talk().token) await openNew();
  const { pending } = api.talk();
  const repeated = pending && JSON.stringify(pending.body) === JSON.stringify(body);
  if (pending && !repeated) await showIfArrived(pending);
  const id = repeated ? pending.id : api.newId();
  const row = userRow(shown);
  showExamples(false);
  view.append([row]);
  view.scrollTo(row);
  if (body.text === composer.text) composer.text = "";
  view.keepFocus();
  api.remember({ pending: { body, id } });
  try {
    const { messages, outcome } = await api.send(body, id);
    show(row, rowsOf(messages));
    tell("outcome", outcome);
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

/** Something else is said now: if the unanswered message had reached the server, its reply is shown first. */
async function showIfArrived(pending) {
  const entries = await api.history();
  const from = entries.findIndex((entry) => entry.client_id === pending.id);
  if (from < 0) return api.remember({ pending: null });
  const rows = entries.slice(from).map(rowOf);
  view.append(rows.slice(0, 1));
  show(rows[0], rows.slice(1));
  api.remember({ handled: count(entries) });
  return settled(pending);
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
  if (error.code === "not_ready") setTimeout(() => !by("trouble").hidden && retry(), (error.wait || 5) * 1000);
  if (error.code === "too_long" || error.code === "empty") composer.input.focus();
}

/** Once more; `turn` sees to it that nothing is sent twice. */
export function retry() {
  view.noTrouble();
  return again();
}

/** The network is back: go on by itself, unless the text was changed meanwhile. */
export function backOnline() {
  const { pending } = api.talk();
  if (by("trouble").hidden || by("retry").hidden) return;
  if (!pending || !pending.body.text || pending.body.text === composer.text) retry();
}

// -- beside the conversation

/** Questions to begin with, as long as nothing was asked. */
export function showExamples(on) {
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

/** Leave this conversation and open another. */
export async function startFresh(said = "fresh_done") {
  api.forget();
  await openNew();
  view.status(said);
  scrollTo(0, 0);
}

/** Delete this conversation on the server, then begin another. */
export async function erase() {
  again = () => exclusively(erase);
  if (api.talk().token) await api.erase();
  composer.text = "";
  await startFresh("erase_done");
}
