// From approved plain text to elements. Only textContent is ever set: no text can become markup.
const LABELS = /^(说明|步骤|先做什么|证据|选择|不包括|下一步|注意|Next step|Next|Note|Not included)[：:]\s*/;
const CALLOUT = /^(下一步|注意|Next|Note)/;
const BULLET = /^\s*[-•·]\s+(.+)$/;
const NUMBER = /^\s*(\d{1,2})(?:[.．](?!\d)|[、)）])\s*(.+)$/;
const HOTLINES = new Set(["12345", "12315", "12348"]);
const LONG_LEAD = { zh: 46, en: 110 }; // characters; beyond it only the first sentence stands out

/** An element with a class and a text. */
export function make(tag, name, text) {
  const element = document.createElement(tag);
  if (name) element.className = name;
  if (text !== undefined) element.textContent = text;
  return element;
}

/** An icon from the page's sprite. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

/** The language of a text, for fonts and screen readers. */
export function tongue(text) {
  if (/[\u1800-\u18af]/.test(text)) return "mn";
  return /[\u3400-\u9fff]/.test(text) ? "zh-CN" : "en";
}

/** Append a line of text, its hotline numbers as links that dial. */
export function line(parent, text) {
  // Whole runs of digits and hyphens, so that no hotline is found inside a reference or a longer number.
  for (const part of text.split(/(\d[\d-]*)/)) {
    if (!HOTLINES.has(part)) {
      if (part) parent.append(part);
      continue;
    }
    const link = make("a", "tel", part);
    link.href = `tel:${part}`;
    parent.append(link);
  }
  return parent;
}

/** Split an answer's first line into what stands out and what follows it. */
export function lead(first) {
  const limit = tongue(first) === "en" ? LONG_LEAD.en : LONG_LEAD.zh;
  if (first.length <= limit) return [first, ""];
  const end = first.search(/[。！？；]|[.!?](?=\s)/) + 1;
  return end > 0 && end < first.length ? [first.slice(0, end), first.slice(end).trim()] : [first, ""];
}

function list(rows, at, pattern, tag) {
  const element = make(tag);
  while (at < rows.length) {
    const found = rows[at].match(pattern);
    if (!found) break;
    const item = line(make("li"), found[found.length - 1].trim());
    if (tag === "ol") item.value = Number(found[1]);
    element.append(item);
    at += 1;
  }
  return [element, at];
}

function paragraph(rows) {
  const element = make("p");
  rows.forEach((row, index) => {
    if (index) element.append(make("br"));
    const label = index === 0 && row.match(LABELS);
    if (!label) return line(element, row);
    const end = label[0].trim().length;
    element.append(make("strong", "label", row.slice(0, end)));
    line(element, row.slice(end));
  });
  return element;
}

function block(text) {
  const rows = text.split("\n").filter((row) => row.trim());
  const found = [];
  let at = 0;
  while (at < rows.length) {
    const pattern = BULLET.test(rows[at]) ? BULLET : NUMBER.test(rows[at]) ? NUMBER : null;
    let element;
    if (pattern) [element, at] = list(rows, at, pattern, pattern === BULLET ? "ul" : "ol");
    else {
      const start = at;
      while (at < rows.length && !BULLET.test(rows[at]) && !NUMBER.test(rows[at])) at += 1;
      element = paragraph(rows.slice(start, at));
    }
    found.push(element);
  }
  if (!CALLOUT.test(text) || !LABELS.test(text)) return found;
  const callout = make("div", text.startsWith("注意") || text.startsWith("Note") ? "callout warn" : "callout");
  callout.append(...found);
  return [callout];
}

/** Paragraphs, lists, labelled sections: the elements of a plain text. */
export function blocks(text) {
  return text.split(/\n\s*\n/).filter((part) => part.trim()).flatMap(block);
}
