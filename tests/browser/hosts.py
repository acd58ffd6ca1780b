"""Other people's websites for the tests: pages on ports of their own that carry our widget."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# A site whose style wants to reach everything.
LOUD = """
* { color: red !important; font: 40px serif !important; letter-spacing: 9px; }
button, iframe, div { border: 9px dotted lime; transform: rotate(2deg); }
iframe, button { width: 30px !important; height: 30px !important; display: none !important; }
"""


def page(widget: str, attributes: str = "", *, loud: bool = False) -> str:
    """The site's page; it writes down every event that it hears."""
    return f"""<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>某市知识产权服务中心</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/{"loud" if loud else "calm"}.css"><script src="/site.js"></script></head>
<body><header><p>某市知识产权服务中心（示例网站）</p></header>
<main><h1>办事指南</h1><p>本页面是测试用的示例网站，右下角是嵌入的知问。</p>
<p><a href="#guide">商标注册</a> <a href="#guide">专利申请</a> <a href="#guide">版权登记</a></p></main>
<script src="{widget}/widget.js" {attributes}></script></body></html>"""


SCRIPT = """window.heard = []; window.errors = [];
document.addEventListener("zhiwen", (e) => heard.push(e.detail));
addEventListener("message", (e) => heard.push(e.data));
addEventListener("securitypolicyviolation", (e) => errors.push(e.violatedDirective));
"""
CALM = "body { margin: 0; font: 17px/1.8 'Noto Sans CJK SC', sans-serif; color: #222; } header { background: #7a1f1f; color: #fff; padding: 8px 40px } main { padding: 24px 40px }"


@contextmanager
def website(port: int, html: str, headers: dict[str, str] | None = None) -> Iterator[str]:
    """Serve the page on 127.0.0.1 (port 0: any); its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            files = {"/": ("text/html", html), "/site.js": ("text/javascript", SCRIPT), "/calm.css": ("text/css", CALM), "/loud.css": ("text/css", LOUD)}
            kind, body = files.get(self.path, ("text/plain", ""))
            self.send_response(200)
            for name, value in {"content-type": f"{kind}; charset=utf-8", **(headers or {})}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as site:
        threading.Thread(target=site.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{site.server_port}"
        site.shutdown()
