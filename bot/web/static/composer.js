// The box to write in: grows with its text, counts near the limit, sends on Enter but never while a word is composed.
import { remember } from "/static/api.js";
import { say, words } from "/static/settings.js";

export const LIMIT = 2000; // characters, the server's limit
const NEAR = 1800;

/** Characters as the server counts them: an emoji is one. */
const length = (text) => [...text.trim()].length;

export class Composer {
  constructor(submit) {
    this.form = document.getElementById("composer");
    this.input = document.getElementById("input");
    this.send = document.getElementById("send");
    this.count = document.getElementById("count");
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      submit();
    });
    this.input.addEventListener("input", () => this.changed());
    this.input.addEventListener("keydown", (event) => {
      // 229: Safari ends the composition before it reports the Enter that ended it.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      if (!event.repeat) submit();
    });
  }

  get text() {
    return this.input.value.trim();
  }

  set text(value) {
    this.input.value = value;
    this.changed();
  }

  /** How many characters too many. */
  get over() {
    return Math.max(0, length(this.input.value) - LIMIT);
  }

  /** Put a text that could not be sent back in front of what was written since. */
  giveBack(text) {
    if (this.text === text.trim()) return;
    this.text = this.text ? `${text}\n${this.text}` : text;
  }

  changed() {
    remember({ draft: this.input.value });
    const left = LIMIT - length(this.input.value);
    this.count.hidden = left > LIMIT - NEAR;
    this.count.classList.toggle("over", left < 0);
    if (!this.count.hidden) say(this.count, left < 0 ? "over" : "left", { n: Math.abs(left) });
    this.input.setAttribute("aria-invalid", String(left < 0));
    this.send.classList.toggle("empty", !this.text);
    this.input.style.height = "auto";
    this.input.style.height = `${this.input.scrollHeight + 2}px`;
  }

  /** The sentence for a text that is too long. */
  tooLong() {
    return words("too_long", { n: this.over });
  }
}
