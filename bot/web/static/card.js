// What a form ends in: the review of what was filled in, and the receipt with its reference.
import { language, say, words } from "/static/settings.js";
import { blocks, icon, line, make } from "/static/text.js";

const REST = /^(编号|Reference)[：:]\s*([（(][^）)]*[）)])?\s*$/; // nothing but the reference and a remark on it
const BULLET = /^\s*[-•]\s/;
const FACT = /^\s*[-•]\s*([^：:]{1,24})[：:]\s*(.*)$/;

/** "- label：value" lines as a list of terms; what stands around them as paragraphs and lists. */
export function facts(said, text) {
  const rows = text.split("\n").filter((row) => row.trim());
  if (rows.length && !BULLET.test(rows[0])) said.append(line(make("p", "lead"), rows.shift()));
  while (rows.length) {
    const listed = BULLET.test(rows[0]);
    const end = rows.findIndex((row) => BULLET.test(row) !== listed);
    const run = rows.splice(0, end < 0 ? rows.length : end);
    if (listed && run.every((row) => FACT.test(row))) said.append(terms(run));
    else said.append(...blocks(run.join("\n")));
  }
}

function terms(rows) {
  const list = make("dl", "facts");
  for (const row of rows) {
    const [, name, value] = row.match(FACT);
    const pair = make("div");
    pair.append(make("dt", "", name), line(make("dd"), value));
    list.append(pair);
  }
  return list;
}

/** The receipt: what was done, its reference to copy, its files. */
export function receipt(said, text, message) {
  const reference = message.reference;
  // The reference stands large below; at the end of the first line it would only repeat.
  const [first, ...others] = text.split("\n");
  const at = reference ? first.search(/(编号|Reference)[：:]/) : -1;
  const shown = at >= 0 && REST.test(first.slice(at).replace(reference, "")) ? first.slice(0, at).trim() : first;
  facts(said, [shown || first, ...others].join("\n"));
  if (reference) said.insertBefore(referenceBox(reference), said.firstChild.nextSibling);
  const links = (message.links || []).filter((link) => isOwnOrWeb(link.url));
  if (links.length) {
    const row = make("p", "links");
    row.append(...links.map(ownLink));
    said.append(row);
  }
  said.append(say(make("p", "demo-note"), "demo")); // shown in a demonstration only
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
  element.href = /^\//.test(link.url) ? `${link.url}?lang=${language()}` : link.url;
  const kind = /\.ics$/.test(link.url) ? "calendar" : "file";
  const caption = words(`links.${link.title}`) ? say(make("span"), `links.${link.title}`) : make("span", "", link.title);
  if (/^\//.test(link.url)) element.download = "";
  element.append(icon(kind), caption);
  return element;
}
