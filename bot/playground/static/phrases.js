// The page's own words. What the bot says comes from the bot, in the language that it chooses.

const PHRASES = {
  playground: ["playground", "演示环境"],
  note: ["A local stand-in for Slack. The real bot answers; nothing leaves this machine.", "这是本机模拟的 Slack：回答来自真正的机器人，数据不会离开本机。"],
  connect: ["Connect Slack", "接入 Slack"],
  reference: ["Reference", "状态手册"],
  persona: ["I am", "当前身份"],
  language: ["中文", "English"],
  places: ["Places", "频道和应用"],
  channels: ["Channels", "频道"],
  apps: ["Apps", "应用"],
  messages: ["Messages", "私信"],
  home: ["Home", "主页"],
  topic_channel: ["Everybody in the channel sees what is shared here", "这里分享的内容，频道里的人都能看到"],
  topic_direct: ["A direct message: no mention is needed", "私信：不用 @ 机器人"],
  topic_home: ["What the bot shows on its own page", "机器人自己的主页"],
  clear: ["Start over", "重新开始"],
  try: ["Try one", "点一个试试"],
  try_lead: ["Type /haflag and a state, or a status, a log line, what you see. Or start with one of these:", "输入 /haflag 加终止状态、状态码、一行日志或一句描述，也可以先点下面的例子："],
  placeholder: ["Message, /haflag cD, or a log line to @haflag", "发消息、/haflag cD，或把日志发给 @haflag"],
  send: ["Send", "发送"],
  attach: ["Attach a log file", "添加日志文件"],
  attached: ["Attached: {name}", "已添加：{name}"],
  attached_mention: ["Attached: {name}. Mention @haflag so that the bot reads it.", "已添加：{name}。请 @haflag，机器人才会读取。"],
  only_you: ["Only visible to you", "仅你可见"],
  edited: ["(edited)", "（已编辑）"],
  reply: ["Reply in thread", "在线程中回复"],
  in_thread: ["Replying in a thread.", "正在线程中回复。"],
  leave: ["Leave the thread", "退出线程"],
  no_slash: ["Slack has no slash commands in threads: mention @haflag instead.", "Slack 的线程里不能用斜杠命令，请 @haflag。"],
  json: ["Show JSON", "查看 JSON"],
  json_title: ["Block Kit JSON", "Block Kit JSON"],
  copy: ["Copy for Block Kit Builder", "复制到 Block Kit Builder"],
  copied: ["Copied", "已复制"],
  close: ["Close", "关闭"],
  more: ["More actions", "更多操作"],
  optional: [" (optional)", "（选填）"],
  required: ["Please complete this required field.", "请填写此必填项。"],
  message_from: ["Message from {name}", "{name} 的消息"],
  working: ["Sending …", "正在发送……"],
  failed: ["The bot answered with status {status}.", "机器人返回状态码 {status}。"],
  late: ["The bot did not answer in time.", "机器人没有及时回答。"],
  offline: ["The playground's server does not answer. Is it still running?", "演示环境的服务没有响应，它还在运行吗？"],
  no_home: ["The bot has not published anything here.", "机器人还没有发布主页内容。"],
  file: ["{name} · {size} bytes", "{name} · {size} 字节"],
  connect_lead: ["Five steps, about five minutes:", "共五步，大约五分钟："],
  connect_1: ["On api.slack.com/apps choose Create New App, From a manifest, and paste manifest.json of this project.", "打开 api.slack.com/apps，选择 Create New App → From a manifest，粘贴本项目的 manifest.json。"],
  connect_2: ["Install the app to your workspace and copy the Bot User OAuth Token (xoxb-…).", "把应用安装到你的工作区，复制 Bot User OAuth Token（xoxb-…）。"],
  connect_3: ["Under Basic Information make an App-Level Token with the scope connections:write (xapp-…).", "在 Basic Information 里创建 App-Level Token，权限选 connections:write（xapp-…）。"],
  connect_4: ["Stop this playground, set both and start again:", "停止演示环境，设置这两个变量后重新启动："],
  connect_5: ["In Slack type /haflag cD.", "在 Slack 里输入 /haflag cD。"],
  connect_http: ["Without Socket Mode set SLACK_SIGNING_SECRET instead of SLACK_APP_TOKEN; README.md tells how.", "不用 Socket Mode 时，用 SLACK_SIGNING_SECRET 代替 SLACK_APP_TOKEN，详见 README.zh.md。"],
};

const KEPT = "haflag-language";
const first = (navigator.languages ?? [navigator.language])[0] ?? "en";

export let language = localStorage.getItem(KEPT) ?? (first.toLowerCase().startsWith("zh") ? "zh" : "en");

export function speak(chosen) {
  language = chosen;
  localStorage.setItem(KEPT, chosen);
}

export function say(key, fields = {}) {
  return PHRASES[key][language === "zh" ? 1 : 0].replace(/\{(\w+)\}/g, (all, name) => fields[name] ?? all);
}

// `data-say` names the phrase that an element holds, `data-say-ATTRIBUTE` those of its attributes.
export function sayAll(root) {
  for (const node of root.querySelectorAll("[data-say]")) node.textContent = say(node.dataset.say);
  for (const [attribute, name] of [["aria-label", "sayLabel"], ["title", "sayTitle"], ["placeholder", "sayPlaceholder"]])
    for (const node of root.querySelectorAll(`[data-${name.replace(/[A-Z]/, (c) => `-${c.toLowerCase()}`)}]`))
      node.setAttribute(attribute, say(node.dataset[name]));
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  document.title = `haflag ${say("playground")}`;
}
