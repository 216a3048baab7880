"""What `baton diff` says, in English and Chinese."""

from __future__ import annotations

from engine.intake.words import Text

STATES: dict[str, Text] = {
    "added": {"en": "added", "zh": "新增"}, "removed": {"en": "removed", "zh": "删除"},
    "changed": {"en": "changed", "zh": "更改"}, "moved": {"en": "moved", "zh": "移动"},
}
KINDS: dict[str, Text] = {
    "task": {"en": "task", "zh": "任务"}, "userTask": {"en": "user task", "zh": "用户任务"},
    "manualTask": {"en": "manual task", "zh": "手工任务"},
    "serviceTask": {"en": "service task", "zh": "服务任务"},
    "sendTask": {"en": "send task", "zh": "发送任务"},
    "receiveTask": {"en": "receive task", "zh": "接收任务"},
    "scriptTask": {"en": "script task", "zh": "脚本任务"},
    "businessRuleTask": {"en": "business rule task", "zh": "业务规则任务"},
    "subProcess": {"en": "sub-process", "zh": "子流程"},
    "transaction": {"en": "transaction", "zh": "事务"},
    "adHocSubProcess": {"en": "ad hoc sub-process", "zh": "临时子流程"},
    "callActivity": {"en": "call activity", "zh": "调用活动"},
    "exclusiveGateway": {"en": "exclusive gateway", "zh": "排他网关"},
    "inclusiveGateway": {"en": "inclusive gateway", "zh": "包容网关"},
    "parallelGateway": {"en": "parallel gateway", "zh": "并行网关"},
    "complexGateway": {"en": "complex gateway", "zh": "复杂网关"},
    "eventBasedGateway": {"en": "event-based gateway", "zh": "事件网关"},
    "startEvent": {"en": "start", "zh": "开始"}, "endEvent": {"en": "end", "zh": "结束"},
    "intermediateCatchEvent": {"en": "waiting event", "zh": "等待事件"},
    "intermediateThrowEvent": {"en": "thrown event", "zh": "抛出事件"},
    "boundaryEvent": {"en": "border event", "zh": "边界事件"},
    "sequenceFlow": {"en": "arrow", "zh": "箭头"}, "messageFlow": {"en": "message", "zh": "消息"},
    "participant": {"en": "pool", "zh": "泳池"}, "lane": {"en": "lane", "zh": "泳道"},
    "textAnnotation": {"en": "note", "zh": "注释"},
    "dataObjectReference": {"en": "data object", "zh": "数据对象"},
    "dataStoreReference": {"en": "data store", "zh": "数据存储"},
    "messageEventDefinition": {"en": "message", "zh": "消息"},
    "timerEventDefinition": {"en": "timer", "zh": "定时器"},
    "signalEventDefinition": {"en": "signal", "zh": "信号"},
    "errorEventDefinition": {"en": "error", "zh": "错误"},
    "escalationEventDefinition": {"en": "escalation", "zh": "升级"},
    "conditionalEventDefinition": {"en": "condition", "zh": "条件"},
    "compensateEventDefinition": {"en": "compensation", "zh": "补偿"},
    "terminateEventDefinition": {"en": "terminate", "zh": "终止"},
    "cancelEventDefinition": {"en": "cancel", "zh": "取消"},
    "linkEventDefinition": {"en": "link", "zh": "链接"},
}
ASPECTS: dict[str, Text] = {
    "name": {"en": "name", "zh": "名称"}, "kind": {"en": "kind", "zh": "类型"},
    "definition": {"en": "event", "zh": "事件"}, "condition": {"en": "condition", "zh": "条件"},
    "default": {"en": "default way", "zh": "默认路径"},
    "source": {"en": "comes from", "zh": "来自"}, "target": {"en": "leads to", "zh": "通往"},
    "attached": {"en": "sits on", "zh": "附着于"},
    "repetition": {"en": "repetition", "zh": "重复"},
    "documentation": {"en": "documentation", "zh": "说明文档"},
    "lane": {"en": "lane", "zh": "泳道"}, "inside": {"en": "stands in", "zh": "所在"},
    "place": {"en": "stands elsewhere", "zh": "位置不同"},
    "details": {"en": "details differ", "zh": "细节不同"},
}
SAME: Text = {"en": "No differences.", "zh": "没有差异。"}
BY_LIKENESS: Text = {
    "en": "The ids are all new, so elements were matched by kind, name and what stands around "
          "them.",
    "zh": "所有 id 均为新 id，因此按类型、名称和周围元素进行匹配。"}
NONE: Text = {"en": "(none)", "zh": "（无）"}


def said(words: dict[str, Text], key: str, language: str) -> str:
    """The word for `key`; what has none is said as it stands."""
    return words[key][language] if key in words else key
