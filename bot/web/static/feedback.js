// What somebody thinks of an answer: that it helped, or one of four reasons why not. It reaches the officers' work list.
import * as api from "/static/api.js";
import { label, say, words } from "/static/settings.js";
import { make } from "/static/text.js";

const REASONS = ["off_topic", "outdated", "unclear", "incomplete"];
let number = 0;

/** The row under an answer from this card. */
export function feedback(card) {
  const box = make("div", "feedback");
  box.setAttribute("role", "group");
  label(box, "feedback.label");
  const helped = quiet("feedback.helpful");
  const wrong = quiet("feedback.wrong");
  const form = reasons(box, card);
  wrong.setAttribute("aria-expanded", "false");
  helped.addEventListener("click", () => send(box, card, "helpful", ""));
  wrong.addEventListener("click", () => {
    form.hidden = !form.hidden;
    wrong.setAttribute("aria-expanded", String(!form.hidden));
    if (!form.hidden) form.querySelector("input").focus();
  });
  box.append(helped, wrong, form);
  return box;
}

function quiet(key) {
  const button = say(make("button", "quiet"), key);
  button.type = "button";
  return button;
}

function reasons(box, card) {
  const form = make("form", "reasons");
  form.hidden = true;
  const set = make("fieldset");
  set.append(say(make("legend"), "feedback.ask"));
  number += 1;
  for (const reason of REASONS) {
    const choice = make("input");
    Object.assign(choice, { type: "radio", name: `reason-${number}`, value: reason, required: true });
    const line = make("label", "reason");
    line.append(choice, say(make("span"), `feedback.${reason}`));
    set.append(line);
  }
  const more = make("input", "more-words");
  more.maxLength = 200;
  label(more, "feedback.more");
  label(more, "feedback.more", undefined, "placeholder");
  const done = say(make("button", "plain"), "feedback.send");
  form.append(set, more, done);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(box, card, form.querySelector(":checked").value, more.value);
  });
  return form;
}

async function send(box, card, reason, comment) {
  const told = make("p", "told");
  told.tabIndex = -1;
  try {
    await api.feedback(card, reason, comment);
    box.replaceChildren(say(told, reason === "helpful" ? "feedback.glad" : "feedback.thanks"));
  } catch (error) {
    told.textContent = error.sentence || words("feedback.failed");
    const before = box.querySelector(".told");
    if (before) before.remove();
    box.append(told);
  }
  told.focus(); // read out, and the focus does not fall away with the button
}
