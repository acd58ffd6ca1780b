"""`python -m tests.support.replies MODEL`: says fixed lines to the bot in a process of its own and prints what came back.

`--whole` imports all of Rasa, as `zhiwen serve --whole-rasa` does. One JSON object on standard output:
`replies` (the chat API's bodies, one conversation after the other) and `loaded` (absent libraries that are in memory).
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from pathlib import Path
from typing import Any

from bot.agent import import_rasa_for, open_agent
from bot.lean import ABSENT
from desk.container import Container
from desk.settings import read_settings

CONVERSATIONS = (
    ("你好", "发明专利保护多少年？", "那外观呢", "今天天气怎么样", "我不想活了", "谢谢"),
    ("公司名字被别人注册成商标了怎么办", "我要预约", "商标怎么续展", "王小明", "13812345678", "取消", "确定", "13812345678", "/restart"),
    ("how long does a patent last", "I'd like to book a consultation", "cancel", "专利质押贷款怎么申请", "帮我查一下之前的预约", "人工"),
)
_RANDOM = re.compile(r"[0-9a-f]{32}|[A-Z]{2}-?[0-9A-Z]{4,}-?[0-9A-Z]*")


async def _said(model: Path) -> list[dict[str, Any]]:
    from bot.channels.sanitise import sanitise
    from bot.channels.sessions import Sessions
    from bot.conversation import Conversations

    container = Container(read_settings())
    conversations = Conversations(await open_agent(container, model))
    sessions = Sessions(container.keyring.derive("sessions"), container.clock, 24)
    found = []
    for lines in CONVERSATIONS:
        session, _ = sessions.open("zh", "public")
        found.append((await conversations.open(session)).public())
        for line in lines:
            found += [(await conversations.say(session, sanitise(line))).public()]
    return found


def main(model: Path, *, whole: bool) -> None:
    import_rasa_for(model, whole=whole)
    replies = json.loads(_RANDOM.sub("…", json.dumps(asyncio.run(_said(model)), ensure_ascii=False)))
    loaded = sorted({name.partition(".")[0] for name in sys.modules} & ABSENT)
    sys.stdout.write(json.dumps({"replies": replies, "loaded": loaded}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), whole="--whole" in sys.argv)
