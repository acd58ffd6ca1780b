// The launcher for other sites: <script src="https://…/widget.js" data-title data-color data-language data-station data-position>.
// It adds one button and, once that is pressed, one frame with our page. The site's style does not reach them (shadow tree),
// the site cannot read the frame (another origin), and hears names of events only: document, event "zhiwen".
(() => {
  const script = document.currentScript;
  const own = new URL(script.src).origin;
  const wish = script.dataset;
  const language = wish.language === "en" ? "en" : "zh";
  const title = (wish.title || "").slice(0, 24) || (language === "zh" ? "知问" : "Zhiwen");
  const words = {
    zh: { open: `打开${title}：知识产权问答`, close: `收起${title}`, failed: "这里打不开对话窗口。", elsewhere: "在新窗口打开" },
    en: { open: `Open ${title}: IP questions`, close: `Close ${title}`, failed: "The chat cannot be shown here.", elsewhere: "Open it in a new window" },
  }[language];
  const WAIT = 15000; // ms until the frame must have said that it is ready
  let frame = null, waiting = 0;

  const make = (tag, parts) => Object.assign(document.createElement(tag), parts);
  const tell = (event, outcome) => document.dispatchEvent(new CustomEvent("zhiwen", { detail: { event, outcome } }));

  // White letters must be readable on the site's colour: it is darkened until they are (WCAG contrast, with something to spare).
  function readable(hex) {
    let parts = /^#[\da-f]{6}$/i.test(hex || "") ? [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)) : [23, 85, 155];
    const light = (part) => (part / 255 <= 0.03928 ? part / 3294.6 : ((part / 255 + 0.055) / 1.055) ** 2.4);
    const contrast = () => 1.05 / (0.05 + 0.2126 * light(parts[0]) + 0.7152 * light(parts[1]) + 0.0722 * light(parts[2]));
    while (contrast() < 5.8) parts = parts.map((part) => Math.floor(part * 0.95));
    return `#${parts.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
  }

  const colour = readable(wish.color);
  const side = wish.position === "left" ? "left" : "right";
  const css = `
    :host { all: initial; }
    * { box-sizing: border-box; }
    [hidden] { display: none !important; }
    button, a { font: 600 16px/1.3 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; }
    button { position: fixed; z-index: 2147483001; ${side}: 20px; bottom: max(20px, env(safe-area-inset-bottom)); display: flex;
      align-items: center; gap: 8px; min-width: 56px; min-height: 56px; padding: 8px 20px; border: 2px solid #fff; border-radius: 28px;
      background: ${colour}; color: #fff; box-shadow: 0 4px 18px rgb(10 25 50 / 30%); cursor: pointer; }
    button:focus-visible, a:focus-visible { outline: 3px solid #d07a00; outline-offset: 3px; }
    button[aria-expanded="true"] { padding: 8px; justify-content: center; }
    button[aria-expanded="true"] span { display: none; }
    svg { width: 26px; height: 26px; fill: none; stroke: currentcolor; stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round; }
    .panel { position: fixed; z-index: 2147483000; ${side}: 20px; bottom: calc(max(20px, env(safe-area-inset-bottom)) + 68px);
      width: min(420px, calc(100vw - 40px)); height: min(700px, calc(100vh - 108px)); overflow: hidden; border: 1px solid #b9c6d4;
      border-radius: 16px; background: #f2f5f9; box-shadow: 0 12px 48px rgb(10 25 50 / 28%); }
    iframe { width: 100%; height: 100%; border: 0; }
    .failed { padding: 24px; color: #17232f; font: 16px/1.7 system-ui, sans-serif; }
    .failed a { display: inline-block; padding: 10px 0; color: #17559b; }
    @media (max-width: 520px), (max-height: 460px) {
      .panel { inset: 0; width: 100%; height: 100%; border: 0; border-radius: 0; }
      button[aria-expanded="true"] { display: none; }
    }
    @media print { :host { display: none; } }`;

  const host = make("div", { lang: language === "zh" ? "zh-CN" : "en" });
  const root = host.attachShadow({ mode: "open" });
  try {
    const sheet = new CSSStyleSheet(); // a site's policy against inline style does not forbid this one
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
  } catch {
    root.append(make("style", { textContent: css }));
  }

  const button = make("button", { type: "button" });
  const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  icon.setAttribute("viewBox", "0 0 24 24");
  icon.setAttribute("aria-hidden", "true");
  icon.append(path);
  button.append(icon, make("span", { textContent: title }));
  const panel = make("div", { className: "panel", hidden: true });
  panel.setAttribute("role", "dialog");
  panel.setAttribute("aria-label", title);
  root.append(button, panel);

  function address() {
    const asked = { embed: "1", host: location.origin, lang: language, title: wish.title || "", color: colour, station: wish.station || "" };
    return `${own}/?${new URLSearchParams(Object.entries(asked).filter(([, value]) => value))}`;
  }

  function load() {
    frame = make("iframe", { src: address(), title, allow: "clipboard-write; microphone" });
    panel.append(frame);
    waiting = setTimeout(failed, WAIT);
  }

  // The site is not on the operator's list, or the service cannot be reached: the page still opens in a window of its own.
  function failed() {
    const note = make("div", { className: "failed", role: "alert" });
    note.append(make("p", { textContent: words.failed }), make("a", { href: `${own}/?lang=${language}`, target: "_blank", rel: "noopener", textContent: words.elsewhere }));
    panel.replaceChildren(note);
    frame = null;
  }

  function show(open) {
    if (open && !frame) {
      panel.replaceChildren();
      load();
    }
    panel.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
    button.setAttribute("aria-label", open ? words.close : words.open);
    path.setAttribute("d", open ? "M6 6l12 12M18 6L6 18" : "M5 5h14a1.5 1.5 0 0 1 1.5 1.5v9A1.5 1.5 0 0 1 19 17h-6l-5 4v-4H5a1.5 1.5 0 0 1-1.5-1.5v-9A1.5 1.5 0 0 1 5 5z");
  }

  function toggle(open) {
    show(open);
    tell(open ? "open" : "close");
    if (!open) return button.focus();
    if (frame) opened();
  }

  function opened() {
    frame.focus();
    frame.contentWindow.postMessage({ zhiwen: "opened" }, own);
  }

  button.addEventListener("click", () => toggle(panel.hidden));
  root.addEventListener("keydown", (event) => event.key === "Escape" && !panel.hidden && toggle(false));
  addEventListener("message", (message) => {
    if (!frame || message.origin !== own || message.source !== frame.contentWindow || !message.data || message.data.source !== "zhiwen") return;
    const { event, outcome } = message.data;
    if (event === "close") return toggle(false);
    if (event === "ready") {
      clearTimeout(waiting);
      if (!panel.hidden) opened();
    }
    tell(event, outcome);
  });
  show(false);
  (document.body || document.documentElement).append(host);
})();
