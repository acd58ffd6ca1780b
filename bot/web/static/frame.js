// The page inside another site's frame (widget.js): what it is told by its address, what it tells back.
const asked = new URLSearchParams(location.search);
const host = /^https?:\/\/[^/]+$/.test(asked.get("host") || "") ? asked.get("host") : null;

export const embedded = asked.has("embed") && parent !== self;
/** The region whose station the site belongs to, as in casework/regions.yml. */
export const station = asked.get("station");
/** A title of the site's own; plain text, and only inside its frame. */
export const title = embedded ? (asked.get("title") || "").slice(0, 24) : "";

/** Tell the site what happens: names of events and outcomes, never a word of what is said. */
export function tell(event, outcome) {
  if (embedded && host) parent.postMessage({ source: "zhiwen", event, outcome }, host);
}

/** Be told by the site's launcher that the panel was opened. */
export function onOpened(work) {
  addEventListener("message", (message) => {
    if (embedded && message.source === parent && message.origin === host && message.data && message.data.zhiwen === "opened") work();
  });
}

/** The site's colour, which the launcher made dark enough for white letters. */
export function paint() {
  const colour = embedded && /^#[\da-f]{6}$/i.test(asked.get("color") || "") ? asked.get("color") : null;
  if (!colour) return;
  const parts = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  const mixed = (other, share) => `rgb(${parts.map((part) => Math.round(part + (other - part) * share)).join(" ")})`;
  const style = document.documentElement.style;
  style.setProperty("--host", colour);
  style.setProperty("--host-strong", mixed(0, 0.2));
  style.setProperty("--host-soft", mixed(255, 0.9));
  style.setProperty("--host-line", mixed(255, 0.7));
}
