// Speaking instead of typing, where the browser offers it. Off until the user turns it on and has read where speech goes.
import { language, say, setVoice, speaks } from "/static/settings.js";
import * as view from "/static/view.js";

const Recognition = window.SpeechRecognition || window.webkitSpeechRecognition;
const by = (id) => document.getElementById(id);
let listening = null;

/** Wire the menu's switch and the microphone beside the input. */
export function wireVoice(composer) {
  by("voice").hidden = !Recognition;
  by("mic").hidden = !(Recognition && speaks());
  if (!Recognition) return;
  by("voice").addEventListener("click", async () => {
    setVoice(speaks() ? false : await view.ask("voice"));
    by("mic").hidden = !speaks();
    if (listening) listening.stop();
    view.keepFocus();
  });
  by("mic").addEventListener("click", () => (listening ? listening.stop() : listen(composer)));
}

function listen(composer) {
  const before = composer.text ? `${composer.text} ` : "";
  listening = new Recognition();
  listening.lang = language() === "zh" ? "zh-CN" : "en-US";
  listening.interimResults = true;
  listening.onresult = (event) => {
    composer.text = before + [...event.results].map((result) => result[0].transcript).join("");
  };
  listening.onerror = (event) => say(by("status"), event.error === "not-allowed" ? "mic_refused" : "mic_failed");
  listening.onend = () => {
    listening = null;
    by("mic").setAttribute("aria-pressed", "false");
    composer.input.focus();
  };
  by("mic").setAttribute("aria-pressed", "true");
  view.status("mic_on");
  listening.start();
}
