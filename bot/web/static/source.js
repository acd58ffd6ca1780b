// The sources of an answer, each one folded until somebody wants to see it.
import { say } from "/static/settings.js";
import { icon, make, tongue } from "/static/text.js";

/** All citations of a message. */
export function sources(citations) {
  const box = make("section", "sources");
  box.append(say(make("p", "sources-title"), "sources"));
  const list = make("ul");
  list.append(...citations.map((cited) => {
    const item = make("li");
    item.append(source(cited));
    return item;
  }));
  box.append(list);
  return box;
}

function source(cited) {
  const details = make("details");
  const summary = make("summary");
  const name = cited.title.replace(/\s*[（(].*[）)]$/, "") || cited.title; // the version is told when unfolded
  summary.lang = tongue(cited.title);
  summary.append(icon("next"), make("span", "law", name), " ", make("span", "article", cited.article || ""));
  const terms = make("dl");
  const add = (key, value) => {
    const pair = make("div");
    pair.append(say(make("dt"), key), value);
    terms.append(pair);
  };
  add("law", make("dd", "", cited.title));
  if (cited.article) add("article", make("dd", "", cited.article)); // an office's page has none
  const { effective_from: from, effective_until: until } = cited;
  if (from || until) add("effective", say(make("dd"), from && until ? "from_until" : from ? "from" : "until", { from, until }));
  details.append(summary, terms);
  if (/^https?:\/\//.test(cited.url || "")) details.append(outside(cited.url));
  return details;
}

function outside(url) {
  const link = make("a", "out");
  link.href = url;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  link.append(say(make("span"), "source_link", { host: new URL(url).host }), icon("out"), say(make("span", "vh"), "new_tab"));
  return link;
}
