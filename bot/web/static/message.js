// One message of the bot, or of the user, as an element.
import { label, language, say, words } from "/static/settings.js";
import { blocks, icon, lead, line, make, tongue } from "/static/text.js";

const STEP = /\s*[（(](\d+)\/(\d+)[）)]/; // "（3/10）" in a form's question; shown as a chip instead
const FACT = /^\s*[-•]\s*([^：:]{1,24})[：:]\s*(.*)$/;
const TIME = /^(.*?)\s+(\d{1,2}:\d{2})(.*)$/;
// Choices of the moment: they mean nothing once the turn is over.
const MOMENT = /^(v:|affirm$|deny$|none_of_these$|cancel$|continue$)/;

/** Whether a button belongs to this turn only. */
export const isOfTheMoment = (id) => MOMENT.test(id);

/** The user's bubble. Not announced: they know what they wrote. */
export function userRow(text) {
  const row = make("div", "row you");
  row.setAttribute("aria-live", "off");
  const bubble = make("p", "bubble");
  bubble.lang = tongue(text);
  bubble.append(say(make("span", "vh"), "you"), make("span", "said", text));
  row.append(bubble);
  return row;
}

/** A line across the conversation, such as "a new conversation begins here". */
export function divider(key) {
  const row = make("div", "row divider");
  row.append(say(make("p"), key));
  return row;
}

/** The bot's message; `press(button, element)` is called for its choices. */
export function botRow(message, press, demo) {
  const row = make("div", `row bot ${message.kind}`);
  row.tabIndex = -1;
  const body = make("div", "body");
  const bubble = make("div", "bubble");
  bubble.lang = tongue(message.text);
  body.append(say(make("span", "vh"), "zhiwen"));
  if (message.understood) body.append(say(make("p", "chip"), "understood", { what: message.understood }));
  fill(bubble, message, demo);
  if (message.citations.length) bubble.append(sources(message.citations));
  body.append(bubble);
  const buttons = message.buttons.filter((b) => b.id && b.title);
  if (buttons.length) (message.kind === "review" ? bubble : body).append(...choices(buttons, message.kind, press));
  const seal = make("span", "seal", "问");
  seal.setAttribute("aria-hidden", "true");
  row.append(seal, body);
  return row;
}

function fill(bubble, message, demo) {
  const step = message.kind === "ask" || message.kind === "review" ? message.text.match(STEP) : null;
  const text = step ? message.text.replace(STEP, "") : message.text;
  if (step) bubble.append(stepChip(step[1], step[2]));
  if (message.kind === "answer") answer(bubble, text);
  else if (message.kind === "review") facts(bubble, text);
  else if (message.kind === "receipt") receipt(bubble, text, message, demo);
  else bubble.append(...blocks(text));
}

function stepChip(step, of) {
  const chip = make("p", "step");
  chip.append(say(make("span"), "step", { step, of }));
  return chip;
}

function answer(bubble, text) {
  const [first, ...others] = text.split("\n");
  const [short, more] = lead(first);
  bubble.append(line(make("p", "lead"), short), ...blocks([more, ...others].join("\n")));
  if (!("speechSynthesis" in window)) return;
  const read = say(make("button", "read plain"), "read");
  read.type = "button";
  read.addEventListener("click", () => speak(text, read));
  bubble.append(read);
}

function speak(text, button) {
  const reading = speechSynthesis.speaking;
  speechSynthesis.cancel();
  if (reading) return;
  const voice = new SpeechSynthesisUtterance(text);
  voice.lang = tongue(text);
  voice.rate = 0.9;
  voice.onstart = () => say(button, "stop_reading");
  voice.onend = voice.onerror = () => say(button, "read");
  speechSynthesis.speak(voice);
}

// "- label：value" lines as a list of terms; the lines around them as paragraphs.
function facts(bubble, text) {
  let terms = null;
  for (const row of text.split("\n").filter((r) => r.trim())) {
    const found = row.match(FACT);
    if (!found) {
      terms = null;
      bubble.append(line(make("p", bubble.querySelector("p:not(.step)") ? "" : "lead"), row));
      continue;
    }
    if (!terms) bubble.append((terms = make("dl", "facts")));
    const pair = make("div");
    pair.append(make("dt", "", found[1]), line(make("dd"), found[2]));
    terms.append(pair);
  }
}

function receipt(bubble, text, message, demo) {
  const reference = message.reference;
  // The reference stands large below; at the end of the first line it would only repeat.
  const [first, ...others] = text.split("\n");
  const shown = reference ? first.replace(new RegExp(`\\s*(编号|Reference)[：:]\\s*${reference}\\s*([（(][^）)]*[）)])?\\s*$`), "") : first;
  facts(bubble, [shown || first, ...others].join("\n"));
  if (reference) bubble.querySelector(".lead").after(referenceBox(reference));
  const links = (message.links || []).filter((link) => isOwnOrWeb(link.url));
  if (links.length) {
    const row = make("p", "links");
    row.append(...links.map(ownLink));
    bubble.append(row);
  }
  if (demo) bubble.append(say(make("p", "demo-note"), "demo"));
}

function referenceBox(reference) {
  const box = make("div", "reference");
  const text = make("p", "number");
  text.append(say(make("span", "caption"), "reference"), make("span", "digits", reference));
  const copy = make("button", "plain copy");
  copy.type = "button";
  const caption = say(make("span"), "copy");
  copy.append(icon("copy"), caption);
  copy.addEventListener("click", async () => {
    const key = await copied(reference, text) ? "copied" : "copy_failed";
    say(document.getElementById("status"), key);
    say(caption, key === "copied" ? "copied" : "copy");
    setTimeout(() => say(caption, "copy"), 3000);
  });
  box.append(text, copy);
  return box;
}

async function copied(text, element) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // No clipboard without https: select it, so that one long press or Ctrl-C copies it.
    getSelection().selectAllChildren(element.querySelector(".digits"));
    return document.execCommand("copy");
  }
}

function isOwnOrWeb(url) {
  return /^https?:\/\//.test(url || "") || /^\/(?!\/)/.test(url || "");
}

function ownLink(link) {
  const element = make("a", "plain");
  element.href = link.url;
  const kind = /\.ics$/.test(link.url) ? "calendar" : "file";
  const caption = words(`links.${link.title}`) ? say(make("span"), `links.${link.title}`) : make("span", "", link.title);
  if (/^\//.test(link.url)) element.download = "";
  element.append(icon(kind), caption);
  return element;
}

function sources(citations) {
  const box = make("section", "sources");
  box.append(say(make("h3"), "sources"));
  const list = make("ul");
  list.append(...citations.map((cited) => {
    const item = make("li");
    item.append(source(cited));
    return item;
  }));
  box.append(list);
  return box;
}

function source(cited) {
  const details = make("details");
  const summary = make("summary");
  const [, name, version] = cited.title.match(/^(.*?)\s*([（(].*[）)])?$/);
  summary.append(icon("next"), make("span", "law", name), " ", make("span", "article", cited.article));
  const terms = make("dl");
  const add = (key, value) => {
    const pair = make("div");
    pair.append(say(make("dt"), key), value);
    terms.append(pair);
  };
  add("law", make("dd", "", name + (version || "")));
  add("article", make("dd", "", cited.article));
  const { effective_from: from, effective_until: until } = cited;
  if (from || until) add("effective", say(make("dd"), from && until ? "from_until" : from ? "from" : "until", { from: day(from), until: day(until) }));
  details.append(summary, terms);
  if (/^https?:\/\//.test(cited.url || "")) details.append(outside(cited.url));
  return details;
}

function day(iso) {
  if (!iso) return "";
  const [year, month, date] = iso.split("-").map(Number);
  return language() === "zh" ? `${year}年${month}月${date}日` : iso;
}

function outside(url) {
  const link = make("a", "out");
  link.href = url;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  link.append(say(make("span"), "source_link", { host: new URL(url).host }), icon("out"), say(make("span", "vh"), "new_tab"));
  return link;
}

function choices(buttons, kind, press) {
  if (kind === "answer") {
    const related = buttons.filter((b) => b.id.startsWith("card:"));
    const acts = buttons.filter((b) => !b.id.startsWith("card:"));
    return [group("next", "acts", acts, press), group("related", "related", related, press)].filter(Boolean);
  }
  const timed = buttons.filter((b) => TIME.test(b.title));
  if (timed.length > 2) return [days(timed, press), group("choose", "acts", buttons.filter((b) => !timed.includes(b)), press)].filter(Boolean);
  const look = kind === "review" ? "decide" : kind === "notice" ? "acts" : buttons.length > 5 ? "grid" : "list";
  return [group(kind === "notice" ? "next" : "choose", look, buttons, press)];
}

function group(key, look, buttons, press) {
  if (!buttons.length) return null;
  const box = make("div", `choices ${look}`);
  box.setAttribute("role", "group");
  label(box, key);
  if (look === "related") box.append(say(make("p", "choices-title"), key));
  box.append(...buttons.map((b) => choice(b, b.title, press)));
  return box;
}

function choice(button, shown, press) {
  const element = make("button", "choice");
  element.type = "button";
  element.dataset.id = button.id;
  element.append(make("span", "", shown));
  if (shown !== button.title) element.setAttribute("aria-label", button.title);
  element.addEventListener("click", () => press(button, element));
  return element;
}

// Free times, one row per day.
function days(buttons, press) {
  const box = make("div", "choices days");
  box.setAttribute("role", "group");
  label(box, "choose");
  const rows = new Map();
  for (const button of buttons) {
    const [, date, time] = button.title.match(TIME);
    if (!rows.has(date)) {
      const row = make("div", "day");
      row.append(make("p", "date", date), make("div", "times"));
      rows.set(date, row);
      box.append(row);
    }
    rows.get(date).lastChild.append(choice(button, time, press));
  }
  return box;
}
