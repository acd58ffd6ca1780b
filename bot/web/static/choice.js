// The choices under a message: actions, related questions, answers to a form, free times by day.
import { station } from "/static/frame.js";
import { label, say, words } from "/static/settings.js";
import { make, tongue } from "/static/text.js";

const TIME = /^(.*?)\s+(\d{1,2}:\d{2})(.*)$/;
// They mean nothing once the turn is over.
const MOMENT = /^(v:|affirm$|deny$|none_of_these$|cancel$|continue$)/;

/** Whether a button belongs to this turn only. */
export const isOfTheMoment = (id) => MOMENT.test(id);

/** The groups of choices of a message. */
export function choices(offered, kind, press) {
  const buttons = stationFirst(offered);
  if (kind === "answer") {
    const related = buttons.filter((b) => b.id.startsWith("card:"));
    const acts = buttons.filter((b) => !b.id.startsWith("card:"));
    return [group("next", "acts", acts, press), group("related", "related", related, press)].filter(Boolean);
  }
  const timed = buttons.filter((b) => TIME.test(b.title));
  if (timed.length > 2) return [days(timed, press), group("choose", "acts", buttons.filter((b) => !timed.includes(b)), press)].filter(Boolean);
  const short = buttons.every((b) => b.title.length < 9);
  const look = kind === "review" ? "decide" : kind === "notice" ? "acts" : !short ? "list" : buttons.length > 5 ? "grid" : "short";
  return [group(kind === "notice" ? "next" : "choose", look, buttons, press)];
}

// The region of the site that shows this page stands first.
function stationFirst(buttons) {
  const own = buttons.filter((b) => /^v:[a-z]_region:/.test(b.id) && b.id.endsWith(`:${station}`));
  return own.length ? [...own, ...buttons.filter((b) => !own.includes(b))] : buttons;
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
  element.lang = tongue(button.title);
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
    const [, day, time, note] = button.title.match(TIME);
    const date = day + note; // the note tells that a time may still change
    if (!rows.has(date)) {
      const row = make("div", "day");
      row.append(make("p", "date", date), make("div", "times"));
      rows.set(date, row);
      box.append(row);
    }
    rows.get(date).lastChild.append(choice(button, time, press));
  }
  box.append(otherDay(press));
  return box;
}

// Any other day, from the browser's own calendar; it is said as a sentence, which the form understands.
function otherDay(press) {
  const form = make("form", "other-day");
  const name = make("label");
  const day = make("input");
  const now = new Date();
  day.type = "date";
  day.required = true;
  day.min = new Date(now - now.getTimezoneOffset() * 60000).toISOString().slice(0, 10);
  const caption = say(make("span"), "other_day");
  name.append(caption, day);
  const show = say(make("button", "plain"), "show_day");
  form.append(name, show);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (day.value) press({ say: words("day", { day: day.value }) }, show);
  });
  return form;
}
