// What a form ends in: the review of what was filled in, and the receipt with its reference.
import { say, words } from "/static/settings.js";
import { icon, line, make } from "/static/text.js";

const REST = /^(编号|Reference)[：:]\s*([（(][^）)]*[）)])?\s*$/; // nothing but the reference and a remark on it
const FACT = /^\s*[-•]\s*([^：:]{1,24})[：:]\s*(.*)$/;

/** "- label：value" lines as a list of terms; the lines around them as paragraphs. */
export function facts(said, text) {
  let terms = null;
  for (const row of text.split("\n").filter((r) => r.trim())) {
    const found = row.match(FACT);
    if (!found) {
      terms = null;
      said.append(line(make("p", said.querySelector("p") ? "" : "lead"), row));
      continue;
    }
    if (!terms) said.append((terms = make("dl", "facts")));
    const pair = make("div");
    pair.append(make("dt", "", found[1]), line(make("dd"), found[2]));
    terms.append(pair);
  }
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
  element.href = link.url;
  const kind = /\.ics$/.test(link.url) ? "calendar" : "file";
  const caption = words(`links.${link.title}`) ? say(make("span"), `links.${link.title}`) : make("span", "", link.title);
  if (/^\//.test(link.url)) element.download = "";
  element.append(icon(kind), caption);
  return element;
}
