// Language, theme and type size: kept on this device only, applied to the whole page.
import { embedded, title } from "/static/frame.js";
import { WORDING } from "/static/wording.js";

const KEY = "zhiwen.prefs";
const root = document.documentElement;
const dark = matchMedia("(prefers-color-scheme: dark)");
let prefs = load();
let asked = new URLSearchParams(location.search).get("lang");

function load() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) || {};
  } catch {
    return {};
  }
}

function save(changes) {
  prefs = { ...prefs, ...changes };
  try {
    localStorage.setItem(KEY, JSON.stringify(prefs));
  } catch {
    // Blocked storage: the choice holds until the page is closed.
  }
}

/**
 * "zh" or "en": what the address asks for, else the choice made here before, else Chinese, whatever the browser speaks:
 * this is a Chinese public service, and a browser's language is often not its user's.
 */
export function language() {
  // What a site wishes for the page in its frame counts less than what the user chose.
  const wishes = embedded ? [prefs.language, asked] : [asked, prefs.language];
  return wishes.find((wish) => wish in WORDING) || "zh";
}

/** A sentence by its dotted key, with {names} filled in; null when there is none. */
export function words(key, values = {}, lang = language()) {
  const found = key.split(".").reduce((at, name) => (at ? at[name] : undefined), WORDING[lang]);
  if (typeof found !== "string") return found === undefined ? null : found;
  return found.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? shown(values[name], lang) : whole));
}

// An ISO date reads as a date of the language.
function shown(value, lang) {
  const date = /^(\d{4})-(\d{2})-(\d{2})$/.exec(value);
  if (!date) return String(value);
  const [year, month, day] = date.slice(1).map(Number);
  if (lang === "zh") return `${year}年${month}月${day}日`;
  return new Date(Date.UTC(year, month - 1, day)).toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
}

/** Put a sentence into an element so that it follows a later change of language. */
export function say(element, key, values) {
  element.dataset.w = key;
  if (values) element.dataset.wv = JSON.stringify(values);
  else delete element.dataset.wv;
  element.textContent = words(key, values);
  return element;
}

/** The same for an attribute: `aria-label` (name "label") or `placeholder`. */
export function label(element, key, values, name = "label") {
  element.dataset[name === "label" ? "wLabel" : "wPlaceholder"] = key;
  if (values) element.dataset.wv = JSON.stringify(values);
  element.setAttribute(name === "label" ? "aria-label" : name, words(key, values));
  return element;
}

function values(element) {
  return element.dataset.wv ? JSON.parse(element.dataset.wv) : {};
}

/** Bring every worded element to the present language, theme and size. */
export function apply() {
  root.lang = language() === "zh" ? "zh-CN" : "en";
  document.title = title || words("title");
  for (const e of document.querySelectorAll("[data-w]")) e.textContent = words(e.dataset.w, values(e));
  for (const e of document.querySelectorAll("[data-w-label]")) e.setAttribute("aria-label", words(e.dataset.wLabel, values(e)));
  for (const e of document.querySelectorAll("[data-w-placeholder]")) e.setAttribute("placeholder", words(e.dataset.wPlaceholder));
  for (const e of document.querySelectorAll("#language span")) e.lang = language() === "zh" ? "en" : "zh-CN";
  if (title) document.getElementById("title").textContent = title;
  root.classList.toggle("elder", Boolean(prefs.elder));
  document.getElementById("elder").setAttribute("aria-pressed", String(Boolean(prefs.elder)));
  document.getElementById("dark").setAttribute("aria-pressed", String(isDark()));
  document.getElementById("voice").setAttribute("aria-pressed", String(speaks()));
  if (prefs.theme) root.dataset.theme = prefs.theme;
}

function isDark() {
  return prefs.theme ? prefs.theme === "dark" : dark.matches;
}

export function toggleDark() {
  save({ theme: isDark() ? "light" : "dark" });
  apply();
}

export function toggleElder() {
  save({ elder: !prefs.elder });
  apply();
}

/** Whether the user wants to speak instead of typing; off until they say so. */
export const speaks = () => Boolean(prefs.voice);

export function setVoice(on) {
  save({ voice: on });
  apply();
}

/** Switch to the other language and return it. */
export function toggleLanguage() {
  const chosen = language() === "zh" ? "en" : "zh";
  asked = null; // a choice made by hand counts more than the address, also after a reload
  if (!embedded) history.replaceState(null, "", location.pathname);
  save({ language: chosen });
  apply();
  return language();
}

dark.addEventListener("change", apply);
