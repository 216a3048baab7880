"""What happens to the customers of the demo: stories that forms are filled from, step by step.

All people, orders and firms are made up. A case finds its story again by the text that
the customer began with, so nothing needs to be remembered beside the case's data.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Grievance:
    """A complaint from its first sentence to what was learned; `batch` marks the faulty series."""

    language: str
    subject: str
    description: str
    cause: str
    severity: str
    wish: str
    claimed: int
    question: str
    answer: str
    root_cause: str
    solution: str
    lesson: str
    batch: bool = False


@dataclass(frozen=True)
class Breakdown:
    """A repair: what broke, what the technician found, which part it took."""

    language: str
    appliance: str
    fault: str
    diagnosis: str
    parts: str
    supplier: str
    parts_cost: int
    work_done: str
    address: str


GRIEVANCES = (
    Grievance("en", "Washing machine delivered three weeks late",
              "I took a day off twice and nobody came. Each time I was told it had been moved.",
              "delay", "medium", "apology", 300, "On which days did you wait for us?",
              "On the 4th and on the 11th, both times from eight to one.",
              "The carrier moved the date and our system told nobody.",
              "Delivery this week, and 300 for two lost days.",
              "A moved delivery must reach the customer on the same day."),
    Grievance("en", "Charged twice for one service visit",
              "The same visit stands on two bills. I have paid both by mistake.",
              "billing", "low", "refund", 180, "Can you send us both bills?",
              "Both are attached; the numbers end in 17 and 18.",
              "The visit was closed twice, by phone and by app.",
              "180 back today, and one corrected bill.",
              "One visit, one bill: the app now refuses the second one."),
    Grievance("en", "Technician was rude to my mother",
              "He laughed at her question and left mud in the hall. She is 81.",
              "staff", "medium", "apology", 0, "When was he there, and what did he say?",
              "On Tuesday at ten. He said she shouldn't own such a machine.",
              "New technician of the partner, no training in our standards.",
              "The partner's head apologises in person; cleaning is on us.",
              "Nobody visits alone before the two days of training."),
    Grievance("en", "Fridge arrived with a dented door",
              "The dent is as big as a hand and the door doesn't close. Photos attached.",
              "damage", "medium", "replacement", 900, "Was the box damaged, too?",
              "The box was fine, so it must have happened before packing.",
              "Dropped in the warehouse, repacked without a report.",
              "A new fridge within two days, the old one is taken back.",
              "Dropped goods are opened and looked at."),
    Grievance("en", "Wrong model delivered",
              "I ordered the quiet one and got the loud one. It is already installed.",
              "wrong_item", "low", "replacement", 250, "Which model stands on the type plate?",
              "DW-300; I ordered the DW-500S.",
              "Two models with nearly the same number on one shelf.",
              "Exchange at a time that suits you, and 250 for the trouble.",
              "The two models now lie in different aisles."),
    Grievance("en", "Gas smell after the boiler was serviced",
              "We had to open all windows at night with two small children in the house.",
              "safety", "high", "explanation", 2500, "Has the gas been turned off since?",
              "Yes, the emergency service turned it off and left a report.",
              "A seal was reused although the rule asks for a new one.",
              "New seal and a check of the whole line, 2500 for the night.",
              "Seals are counted out of the van, one for each service."),
    Grievance("en", "Dishwasher leaked into the flat below",
              "Three weeks old. Water came through my neighbour's ceiling. Photos attached.",
              "damage", "high", "refund", 3200, "Can you send us the neighbour's estimate?",
              "Attached: painting and a new lamp, 1,900 in all.",
              "Door seal of series 26-09 shrinks; the whole batch is affected.",
              "Money back, the neighbour's damage paid, a loan machine today.",
              "Series 26-09 is recalled.", batch=True),
    Grievance("zh", "洗碗机漏水，地板泡坏了",
              "买了不到一个月，昨晚漏了一地水，木地板全翘起来了，照片已上传。",
              "damage", "high", "refund", 2800, "请问地板的维修报价是多少？",
              "师傅报价 1800 元，报价单已发。",
              "26-09 批次门封收缩，整批有问题。",
              "全额退款，赔付地板维修，当天提供备用机。",
              "召回 26-09 批次。", batch=True),
    Grievance("zh", "送货比约定晚了两周",
              "请了两次假在家等，都没有人来，打电话也说不清楚。",
              "delay", "medium", "apology", 200, "请问您是哪两天在家等待？",
              "3 号和 10 号上午。",
              "承运商改期，系统没有通知任何人。",
              "本周送达，补偿误工 200 元。",
              "改期必须当天通知客户。"),
    Grievance("zh", "账单多收了上门费",
              "合约写明免上门费，账单上却收了 120 元。",
              "billing", "low", "refund", 120, "请提供合约编号。",
              "合约编号 K-2291，已拍照上传。",
              "合约升级后未同步到账务系统。",
              "当天退还 120 元并更正账单。",
              "合约变更每晚自动核对。"),
    Grievance("zh", "空调外壳有裂痕",
              "安装师傅走后才发现外壳裂了一道，怀疑是安装时碰的。",
              "damage", "medium", "replacement", 600, "裂痕在哪个位置？有照片吗？",
              "在右下角，照片已上传。",
              "安装时支架滑落，师傅未上报。",
              "两天内更换外壳，延长保修一年。",
              "安装后由客户与师傅共同验收签字。"),
    Grievance("zh", "客服态度不好",
              "电话里反复让我重复订单号，还直接挂断了电话。",
              "staff", "low", "apology", 0, "请问大约是什么时间来电？",
              "周三下午三点左右。",
              "高峰期新员工独自值守，没有人协助。",
              "主管致电道歉，赠送 100 元代金券。",
              "高峰期新员工旁必须有人支援。"),
    Grievance("zh", "发错了型号",
              "订的是静音款，收到的是普通款，箱子已经拆开。",
              "wrong_item", "low", "replacement", 150, "铭牌上的型号是什么？",
              "DW-300，我订的是 DW-500S。",
              "两个型号放在同一货架，编号相近。",
              "上门换货，补偿 150 元。",
              "两个型号分开存放。"),
    Grievance("zh", "热水器打火时有爆鸣声",
              "每次打火都砰的一声，孩子吓得不敢洗澡。",
              "safety", "high", "explanation", 1500, "是否已关闭燃气阀门？",
              "已经关了，等你们来。",
              "点火电极积碳，保养时漏检。",
              "免费更换点火组件，全面安全检查，补偿 1500 元。",
              "保养清单增加点火项，需拍照。"),
)

BREAKDOWNS = (
    Breakdown("en", "washing_machine", "Doesn't spin any more and stops with water inside.",
              "Drain pump blocked by a coin; bearing worn.", "Drain pump", "Rotor Parts Ltd",
              240, "Pump changed, two full cycles without fault.", "14 Harbour Lane"),
    Breakdown("en", "fridge", "Warm inside since last night, the light still works.",
              "Compressor relay burnt.", "Start relay", "ColdLine Supply", 160,
              "Relay changed, four degrees after an hour.", "3 Mill Road, flat 22"),
    Breakdown("en", "dishwasher", "Water on the floor after every run.",
              "Door seal shrunk (series 26-09).", "Door seal 26-09", "Rotor Parts Ltd", 90,
              "New seal fitted, dry after three runs.", "8 Station Square"),
    Breakdown("en", "boiler", "No hot water in the morning, error E4.",
              "Flow sensor dirty.", "Flow sensor", "ThermoHaus", 310,
              "Sensor changed, gas line checked and tight.", "27 Hill Street"),
    Breakdown("en", "air_conditioner", "Blows, but doesn't cool.",
              "Coolant low, valve leaks.", "Service valve", "ColdLine Supply", 420,
              "Valve changed, refilled, eleven degrees at the outlet.", "5 Garden Court"),
    Breakdown("zh", "washing_machine", "脱水时剧烈震动，走了半米远。",
              "减震器失效。", "减震器一对", "华联配件", 180, "更换减震器，运行平稳。",
              "学院路 18 号 3 单元 502"),
    Breakdown("zh", "fridge", "冷藏室结冰，门关不严。",
              "门封老化，化霜加热管断路。", "化霜加热管", "华联配件", 150,
              "更换加热管和门封，温度正常。", "和平里 7 号楼 1104"),
    Breakdown("zh", "boiler", "热水忽冷忽热，显示 E2。",
              "水流传感器故障。", "水流传感器", "恒温科技", 280,
              "更换传感器，燃气管路检漏合格。", "滨江大道 66 号 9 栋 201"),
    Breakdown("zh", "air_conditioner", "室内机漏水，墙都湿了。",
              "排水管堵塞，接水盘开裂。", "接水盘", "冷域供应", 130,
              "更换接水盘，疏通排水管。", "文化路 233 号 6 楼"),
    Breakdown("zh", "dishwasher", "洗到一半停机，有焦味。",
              "加热元件短路。", "加热元件", "恒温科技", 350,
              "更换加热元件，试机三次正常。", "锦绣花园 12 栋 1803"),
)

COMMENTS = {
    "en": ("Customer is best reached after six.", "Called back, line was busy, trying again.",
           "The photo shows it clearly.", "Please be quick with this one.",
           "Agreed by phone, confirmation sent."),
    "zh": ("客户晚上六点后方便接电话。", "回拨占线，稍后再试。", "照片很清楚。",
           "这件请优先处理。", "电话已沟通一致，确认信已发送。"),
}

CANCEL_REASONS = {"en": "Sent in twice; the other case goes on.",
                  "zh": "重复提交，另一案件继续处理。"}
