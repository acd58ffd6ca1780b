// Language, theme and type size: kept on this device only, applied to the whole page.
import { WORDING } from "/static/wording.js";

const KEY = "zhiwen.prefs";
const root = document.documentElement;
const dark = matchMedia("(prefers-color-scheme: dark)");
let prefs = load();

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

/** "zh" or "en": the choice made here, else the browser's wish, Chinese first. */
export function language() {
  if (prefs.language) return prefs.language;
  const wished = navigator.languages || [navigator.language || "zh"];
  return wished.some((l) => l.startsWith("zh")) || !(wished[0] || "").startsWith("en") ? "zh" : "en";
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
  document.title = words("title");
  for (const e of document.querySelectorAll("[data-w]")) e.textContent = words(e.dataset.w, values(e));
  for (const e of document.querySelectorAll("[data-w-label]")) e.setAttribute("aria-label", words(e.dataset.wLabel, values(e)));
  for (const e of document.querySelectorAll("[data-w-placeholder]")) e.setAttribute("placeholder", words(e.dataset.wPlaceholder));
  document.getElementById("language").lang = language() === "zh" ? "en" : "zh-CN";
  root.classList.toggle("elder", Boolean(prefs.elder));
  document.getElementById("elder").setAttribute("aria-pressed", String(Boolean(prefs.elder)));
  document.getElementById("dark").setAttribute("aria-pressed", String(isDark()));
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

/** Switch to the other language and return it. */
export function toggleLanguage() {
  save({ language: language() === "zh" ? "en" : "zh" });
  apply();
  return language();
}

dark.addEventListener("change", apply);
