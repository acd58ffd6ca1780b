// One message of the bot, or of the user, as an element.
import { facts, receipt } from "/static/card.js";
import { choices } from "/static/choice.js";
import { feedback } from "/static/feedback.js";
import { say } from "/static/settings.js";
import { sources } from "/static/source.js";
import { blocks, lead, line, make, tongue } from "/static/text.js";

const STEP = /\s*[（(](\d+)\/(\d+)[）)]/; // "（3/10）" in a form's question; shown as a chip instead

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
  row.setAttribute("aria-live", "off"); // the alert beside the input says it
  row.append(say(make("p"), key));
  return row;
}

/** The bot's message; `press(button, element)` is called for its choices. */
export function botRow(message, press) {
  const row = make("div", `row bot ${message.kind}`);
  row.tabIndex = -1;
  const body = make("div", "body");
  const bubble = make("div", "bubble");
  body.append(say(make("span", "vh"), "zhiwen"));
  if (message.understood) body.append(say(make("p", "chip"), "understood", { what: message.understood }));
  fill(bubble, message);
  if (message.citations.length) bubble.append(sources(message.citations));
  bubble.append(reader(message.text));
  if (message.kind === "answer" && message.card) bubble.append(feedback(message.card));
  body.append(bubble);
  const buttons = message.buttons.filter((b) => b.id && b.title);
  if (buttons.length) (message.kind === "review" ? bubble : body).append(...choices(buttons, message.kind, press));
  const seal = make("span", "seal", "问");
  seal.setAttribute("aria-hidden", "true");
  row.append(seal, body);
  return row;
}

function fill(bubble, message) {
  const step = message.kind === "ask" || message.kind === "review" ? message.text.match(STEP) : null;
  const text = step ? message.text.replace(STEP, "") : message.text;
  if (step) bubble.append(stepChip(step[1], step[2]));
  const said = make("div", "said");
  said.lang = tongue(text);
  bubble.append(said);
  if (message.kind === "answer") answer(said, text);
  else if (message.kind === "review") facts(said, text);
  else if (message.kind === "receipt") receipt(said, text, message);
  else said.append(...blocks(text));
}

function stepChip(step, of) {
  const chip = make("p", "step");
  const short = make("span", "", `${step}/${of}`);
  short.setAttribute("aria-hidden", "true");
  chip.append(short, say(make("span", "vh"), "step", { step, of }));
  return chip;
}

function answer(said, text) {
  const [first, ...others] = text.split("\n");
  const [short, more] = lead(first);
  said.append(line(make("p", "lead"), short), ...blocks([more, ...others].join("\n")));
}

function reader(text) {
  const read = say(make("button", "read plain"), "read");
  read.type = "button";
  read.addEventListener("click", () => speak(text, read));
  return read;
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

// The button to read aloud is shown in elder mode, where the device has a voice.
function findVoices() {
  document.documentElement.classList.toggle("voice", speechSynthesis.getVoices().length > 0);
}
if ("speechSynthesis" in window) {
  findVoices();
  if (speechSynthesis.addEventListener) speechSynthesis.addEventListener("voiceschanged", findVoices);
}
