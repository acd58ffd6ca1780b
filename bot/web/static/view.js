// What the page shows around the messages: typing, trouble, progress; and where scroll and focus go.
import { isOfTheMoment } from "/static/choice.js";
import { say, words } from "/static/settings.js";

const by = (id) => document.getElementById(id);
const log = by("log");
const still = matchMedia("(prefers-reduced-motion: reduce)");
const SLOW = 8000; // ms until the page says that it is still waiting
let slow = 0;

/** Append rows to the conversation; `quiet` ones (a reloaded history) are not announced. */
export function append(rows, quiet = false) {
  if (quiet) log.setAttribute("aria-live", "off");
  log.append(...rows);
  if (quiet) setTimeout(() => log.setAttribute("aria-live", "polite"), 100);
}

export function clear() {
  log.replaceChildren();
}

/** Show this row at the top, or the end of the page where it is shorter. */
export function scrollTo(row, atOnce = false) {
  row.scrollIntoView({ block: "start", behavior: atOnce || still.matches ? "auto" : "smooth" });
}

export function busy(on) {
  by("typing").hidden = !on;
  by("send").setAttribute("aria-disabled", String(on));
  clearTimeout(slow);
  if (on) slow = setTimeout(() => status("still"), SLOW);
}

/** Ask yes or no in a dialog: "fresh", "erase" or "voice". Resolves to whether it was yes. */
export function ask(what) {
  const dialog = by("ask");
  if (!dialog.showModal) return Promise.resolve(confirm(words(`ask.${what}.text`)));
  for (const part of ["title", "text", "no", "yes"]) say(by(`ask-${part}`), `ask.${what}.${part}`);
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

/** Said to screen readers only. */
export function status(key) {
  say(by("status"), key);
}

/** Marks the page as a demonstration. */
export function demonstration(on) {
  by("demo").hidden = !on;
  document.documentElement.classList.toggle("demonstration", on);
}

/** A trouble in the user's words; `canRetry` offers the button. */
export function trouble(text, canRetry) {
  by("trouble-text").textContent = text;
  by("retry").hidden = !canRetry;
  by("trouble").hidden = false;
}

export function noTrouble() {
  by("trouble").hidden = true;
  by("trouble-text").textContent = "";
}

/** Where a form stands, above the input; null hides it. */
export function progress(form) {
  by("progress").hidden = !form;
  if (!form) return;
  say(by("progress-name"), words(`forms.${form.name}`) ? `forms.${form.name}` : "forms.other");
  say(by("progress-text"), "step", { step: form.step, of: form.of });
  by("progress-bar").max = form.of;
  by("progress-bar").value = form.step;
}

/**
 * After a turn: choices of the turn before lose their meaning and go. The pressed one stays as a mark of what was
 * chosen, and as the place from which Tab leads on into the new message.
 */
export function settleChoices(pressed = null) {
  for (const box of log.querySelectorAll(".choices")) {
    const old = [...box.querySelectorAll(".choice")].filter((b) => isOfTheMoment(b.dataset.id));
    if (box.contains(pressed) && old.length) {
      old.push(...box.querySelectorAll(".choice"));
      box.classList.add("settled");
      pressed.classList.add("chosen");
    }
    for (const button of old) button.hidden = button !== pressed && !button.classList.contains("chosen");
    for (const form of box.querySelectorAll(".other-day")) form.hidden = true;
    for (const part of box.querySelectorAll(".day")) part.hidden = !part.querySelector(".choice:not([hidden])");
    box.hidden = !box.querySelector(".choice:not([hidden])");
  }
}

/** Focus is never lost: when what had it is gone, it goes to the input, or on a touch screen to the last message. */
export function keepFocus() {
  const active = document.activeElement;
  if (active && active !== document.body && active.getClientRects().length) return;
  const touch = matchMedia("(pointer: coarse)").matches; // focusing the input there would raise the keyboard
  const target = touch && log.lastElementChild ? log.lastElementChild : by("input");
  target.focus({ preventScroll: true });
}

// The sticky head and foot must not cover what the keyboard focuses.
function measure() {
  const style = document.documentElement.style;
  const covered = (element) => (getComputedStyle(element).position === "sticky" ? element.offsetHeight : 0);
  style.setProperty("--head", `${covered(by("head"))}px`);
  style.setProperty("--foot", `${covered(by("foot"))}px`);
}
new ResizeObserver(measure).observe(by("foot"));
new ResizeObserver(measure).observe(by("head"));
