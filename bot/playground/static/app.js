// The playground's page: places, people, the message box. Everything goes to the bot and comes back through the server.
import { renderBlocks } from "./blocks.js";
import { $, button, el } from "./dom.js";
import { drawMessages, pageFor, visible } from "./messages.js";
import { language, say, sayAll, speak } from "./phrases.js";
import { drawWindow, showConnect, showJson } from "./windows.js";
import { CHANNEL, DIRECT, HOME, act, follow, hint, now, onChange, refresh, upload } from "./workspace.js";

const EXAMPLES = {
  en: ["/haflag cD", "/haflag 504 sC", "/haflag sH or SH", "/haflag websocket drops after exactly 60 seconds",
    '@haflag 203.0.113.9:51234 [24/Nov/2026:03:12:44.102] web~ app/<NOSRV> 0/-1/-1/-1/3 503 217 - - SC-- 1/1/0/0/0 0/0 "GET /cart HTTP/1.1"'],
  zh: ["/haflag cD", "/haflag 504 sC", "/haflag sH 和 SH 有什么区别", "/haflag 上传大文件时连接被断开",
    '@haflag 203.0.113.9:51234 [24/Nov/2026:03:12:44.102] web~ app/<NOSRV> 0/-1/-1/-1/3 503 217 - - SC-- 1/1/0/0/0 0/0 "GET /cart HTTP/1.1"'],
};
const TOPICS = { [CHANNEL]: "topic_channel", [DIRECT]: "topic_direct", [HOME]: "topic_home" };
let shortcuts = [];

function draw() {
  const home = now.place === HOME, view = now.state.home[now.user];
  drawMessages({ shortcuts: shortcuts.filter((s) => s.type === "message"), reply: openThread, showJson });
  for (const [id, hidden] of [["messages", home], ["composer", home], ["home", !home]]) $(id).hidden = hidden;
  const prompts = now.place === DIRECT && !visible().length ? now.state.prompts : [];
  $("examples").hidden = home || visible().length > 0 || prompts.length > 0;
  $("clear").hidden = home || visible().length === 0;
  if (home) drawHome(view);
  $("prompts").replaceChildren(...prompts.map((p) => button(p.title, () => send(p.message), { class: "button" })));
  drawWindow();
}

let homeDrawn = null;
function drawHome(view) {
  const key = JSON.stringify([view?.blocks, language]);
  if (key === homeDrawn) return;
  homeDrawn = key;
  const focused = $("home").contains(document.activeElement) ? document.activeElement.dataset.action : null;
  $("home").replaceChildren(...(view ? renderBlocks(view.blocks, pageFor({ view: view.id })) : [el("p", {}, say("no_home"))]));
  if (focused) [...$("home").querySelectorAll("[data-action]")].find((n) => n.dataset.action === focused)?.focus();
}

function drawChrome() {
  sayAll(document);
  const title = now.place === CHANNEL ? "# ops" : now.place === DIRECT ? "haflag" : say("home");
  $("place").textContent = title;
  $("topic").textContent = say(TOPICS[now.place]);
  $("language").lang = language === "zh" ? "en" : "zh-CN";
  $("examples").replaceChildren(el("h3", {}, say("try")), el("p", {}, say("try_lead")),
    ...EXAMPLES[language].map((text) => button(text, () => send(text), { class: "example" })));
  $("shortcuts").replaceChildren(...shortcuts.filter((s) => s.type === "global").map((s) => button(`⚡ ${s.name}`, () => act({ do: "shortcut", callback_id: s.callback_id }), { class: "button" })));
}

function go(place) {
  now.place = place;
  openThread("");
  for (const tab of document.querySelectorAll("[data-place]")) {
    if (tab.dataset.place === place) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
  }
  drawChrome();
  draw();
  $("scroller").scrollTop = place === HOME ? 0 : $("scroller").scrollHeight;
  if (place === HOME) act({ do: "home", tab: "home" });
}

// Slack tells the bot when somebody opens it: the first answer is then in the person's language already.
function meet() {
  act({ do: "home", tab: "messages" });
}

function openThread(ts) {
  now.thread = ts;
  $("thread").hidden = !ts;
  $("thread").replaceChildren(say("in_thread"), " ", button(say("leave"), () => openThread(""), { class: "link" }));
  if (ts) $("text").focus();
}

async function send(text, files = []) {
  if (!text.trim() && !files.length) return true;
  if (text.startsWith("/") && now.thread) {
    hint(say("no_slash"));
    return false;
  }
  if (text.startsWith("/")) await act({ do: "slash", channel: now.place, text });
  else await act({ do: "message", channel: now.place, text, thread: now.thread, files });
  return true;
}

async function submit(event) {
  event.preventDefault();
  const text = $("text").value, file = $("file").files[0];
  const files = file ? await upload(file) : [];
  if (files === null) return;
  $("text").value = "";
  $("file").value = "";
  if (!await send(text, files)) $("text").value = text;
}

function attach(list) {
  if (list) $("file").files = list;
  const name = $("file").files[0]?.name;
  hint(name ? say(now.place === DIRECT ? "attached" : "attached_mention", { name }) : "");
}

$("composer").addEventListener("submit", submit);
$("text").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  $("composer").requestSubmit();
});
$("file").addEventListener("change", () => attach());
document.addEventListener("dragover", (event) => event.preventDefault());
document.addEventListener("drop", (event) => {
  event.preventDefault();
  if (event.dataTransfer.files.length && now.place !== HOME) attach(event.dataTransfer.files);
});
$("user").addEventListener("change", () => {
  now.user = $("user").value;
  meet();
  go(now.place);
});
$("language").addEventListener("click", () => {
  speak(language === "zh" ? "en" : "zh");
  drawChrome();
  draw();
});
$("clear").addEventListener("click", async () => {
  openThread("");
  await act({ do: "clear" });
  $("text").focus();
});
$("connect").addEventListener("click", showConnect);
for (const tab of document.querySelectorAll("[data-place]")) tab.addEventListener("click", () => go(tab.dataset.place));

await refresh();
shortcuts = now.state.shortcuts ?? [];
$("user").append(...now.state.users.map((u) => el("option", { value: u.id }, `${u.name} (${u.locale})`)));
now.user = now.state.users.find((u) => u.locale.startsWith(language))?.id ?? now.user;
$("user").value = now.user;
onChange(draw);
meet();
go(CHANNEL);
follow();
document.body.dataset.ready = "";
