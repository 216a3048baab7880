"""What a new journey is called: like its process where that says something, else like its file.

Valid names: "Invoice approval", "EU Bank", "退款". Saying nothing: "", "Pool 2", "C", "流程1",
"Process_0k2x9ab", "_JkX9ALWeEeaTvLEWv0tJ7A".
"""

from __future__ import annotations

import re

#: What modelling tools write where nobody wrote a name, in the languages that they speak.
_GENERIC = re.compile(
    r"(?:(?:new|neue?r?|my|main|default|unnamed|untitled|business|bpmn|collaboration|新建?|主|业务|"
    r"未命名的?|默认)[\s_-]*)*"
    r"(?:pool|process|lane|participant|diagram|model|workflow|collaboration|definitions|untitled|"
    r"unnamed|bpmn|teilnehmer|proze(?:ss|ß)|prozessmodell|processus|proceso|processo|participante|"
    r"piscina|procesos?|泳池|泳道|参与者|流程|流程图|图|模型|进程)?"
    r"[\s_-]*\(?\d*\)?", re.IGNORECASE)
#: What a machine made up: Process_0k2x9ab, _6-2, sid-C3803939-0872-…, 11c23238-757e-….
_MADE_UP = re.compile(r"(?:process|participant|pool|collaboration|diagram|id|sid)?"
                      r"(?:[_-]\w*)?[_-](?=[\w-]*\d)[\w-]+|[0-9a-f-]{16,}", re.IGNORECASE)


def telling(name: str) -> bool:
    """Whether people would know a journey by this name."""
    short = name.strip()
    return (len(short) > 1 and any(char.isalpha() for char in short)
            and _GENERIC.fullmatch(short) is None and _MADE_UP.fullmatch(short) is None)


def named(process: str, file: str, process_id: str) -> str:
    """The name of a new journey, from those of its process and its file; "" has none."""
    return (next((each for each in (process, file) if telling(each)), "")
            or file or process or process_id)
