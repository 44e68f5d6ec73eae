// The playground's page: draws the stand-in workspace and sends what the person does to the server.
import { el, mrkdwn, renderBlocks, textObject } from "./blocks.js";

const EXAMPLES = [
  ["/haflag cD", "en"], ["/haflag 504 sC", "en"], ["@haflag backend is fine but haproxy says 503 NOSRV", "en"],
  ["/haflag 客户端上传大文件时断开", "zh"], ["@haflag sH 和 SH 有什么区别", "zh"],
];
const $ = (id) => document.getElementById(id);
let state = { messages: [], views: [], home: {}, users: [], channels: {}, bot: {}, version: -1 };
let place = "C0OPS00001", thread = "", shownView = "", values = {};

const names = () => Object.fromEntries([...state.users.map((u) => [u.id, u.name]), [state.bot.id, state.bot.name], ...Object.entries(state.channels)]);
const user = () => $("user").value || "U0EN000001";

async function act(body) {
  $("hint").textContent = "…";
  const response = await fetch("/playground/act", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ user: user(), ...body }) });
  const result = await response.json();
  $("hint").textContent = response.ok && result.status < 400 ? "" : `The bot answered ${result.status ?? response.status}. ${result.error ?? ""}`;
  if (result.state) draw(result.state);
  return result;
}

async function refresh() {
  draw(await (await fetch("/playground/state")).json());
}

function handlers(where) {
  return {
    names: names(),
    act: (element, extra, block) => act({ do: "click", ...where, action: { type: element.type, action_id: element.action_id, block_id: block.block_id ?? "b", ...extra } }),
    suggest: async (element, block, text) => (await act({ do: "suggest", ...where, action_id: element.action_id, block_id: block.block_id, text })).answer?.options ?? [],
    values: (block, element, value) => { (values[block.block_id] ??= {})[element.action_id] = { type: element.type, ...value }; },
  };
}

function message(m) {
  const own = m.user !== state.bot.id;
  const name = own ? names()[m.user] ?? m.user : "haflag";
  const head = el("div", { class: "meta" }, el("strong", {}, name), own ? null : el("span", { class: "app" }, "APP"),
    m.only ? el("span", { class: "private" }, "Only visible to you") : null, m.edited ? el("span", { class: "private" }, "(edited)") : null);
  const files = (m.files ?? []).map((f) => el("div", { class: "attached" }, `📄 ${f.name} · ${f.size} bytes`));
  const body = m.blocks?.length ? renderBlocks(m.blocks, handlers({ ts: m.ts })) : [el("div", { class: "block" }, mrkdwn(own ? escape(m.text) : m.text, names()))];
  const tools = el("div", { class: "tools" },
    m.only ? null : el("button", { type: "button", onclick: () => openThread(m.thread || m.ts) }, "Reply in thread"),
    el("button", { type: "button", onclick: () => act({ do: "shortcut", callback_id: "explain_log", ts: m.ts }) }, "Explain HAProxy log"),
    own ? null : el("button", { type: "button", onclick: () => showJson(m) }, "Show JSON"));
  const avatar = el("div", { class: own ? "avatar own" : "avatar", "aria-hidden": "true" }, own ? name[0].toUpperCase() : "cD");
  return el("article", { class: m.thread ? "message reply" : "message", "aria-label": `Message from ${name}` }, avatar, el("div", { class: "content" }, head, ...body, ...files, tools));
}

const escape = (s) => s.replaceAll("&", "&amp;").replaceAll("<@", "\u0001").replaceAll("<", "&lt;").replaceAll("\u0001", "<@");

function draw(next) {
  const fresh = next.messages.length > state.messages.length;
  state = next;
  if (!$("user").options.length) $("user").append(...state.users.map((u) => el("option", { value: u.id }, `${u.name} (${u.locale})`)));
  const visible = state.messages.filter((m) => m.channel === place && (!m.only || m.only === user()));
  const ordered = visible.filter((m) => !m.thread).flatMap((m) => [m, ...visible.filter((r) => r.thread === m.ts)]);
  $("messages").replaceChildren(...ordered.map(message));
  $("messages").hidden = place === "home";
  $("composer").hidden = place === "home";
  $("home").hidden = place !== "home";
  $("examples").hidden = place === "home" || ordered.length > 0;
  if (place === "home") $("home").replaceChildren(...renderBlocks(state.home[user()]?.blocks, handlers({ view: state.home[user()]?.id ?? "" })));
  if (fresh && ordered.length) $("messages").lastElementChild.scrollIntoView({ block: "end" });
  drawModal();
}

function drawModal() {
  const view = state.views.at(-1);
  const key = view ? JSON.stringify([view.id, view.blocks]) : "";
  if (key === shownView) return;
  shownView = key;
  values = {};
  if (!view) { $("modal").close(); return; }
  const close = () => act({ do: "close", view: view.id });
  const submit = async () => {
    const { answer } = await act({ do: "submit", view: view.id, values });
    for (const box of $("modal").querySelectorAll("[data-block]")) box.querySelector(".field-error").textContent = answer?.errors?.[box.dataset.block] ?? "";
  };
  $("modal").replaceChildren(
    el("div", { class: "modal-head" }, el("h2", { id: "modal-title" }, textObject(view.title)), el("button", { type: "button", class: "icon", "aria-label": "Close", onclick: close }, "✕")),
    el("div", { class: "modal-body", tabindex: "0" }, ...renderBlocks(view.blocks, handlers({ view: view.id }))),
    el("div", { class: "modal-foot" }, el("button", { type: "button", class: "button", onclick: close }, view.close ? textObject(view.close) : "Close"),
      view.submit ? el("button", { type: "button", class: "button primary", onclick: submit }, textObject(view.submit)) : null));
  if (!$("modal").open) $("modal").showModal();
}

function showJson(m) {
  const text = JSON.stringify({ blocks: m.blocks, text: m.text }, null, 2);
  const copy = el("button", { type: "button", class: "button primary", onclick: async () => { await navigator.clipboard.writeText(text); copy.textContent = "Copied"; } }, "Copy for Block Kit Builder");
  $("json").replaceChildren(el("pre", { tabindex: "0" }, text), el("div", { class: "modal-foot" }, copy, el("button", { type: "button", class: "button", onclick: () => $("json").close() }, "Close")));
  $("json").showModal();
}

function openThread(ts) {
  thread = ts;
  $("thread").hidden = !ts;
  $("thread").replaceChildren("Replying in the thread ", el("button", { type: "button", onclick: () => openThread("") }, "leave"));
  $("text").focus();
}

async function send(text, files = []) {
  if (!text.trim() && !files.length) return;
  if (text.startsWith("/")) await act({ do: "slash", channel: place, text });
  else await act({ do: "message", channel: place, text, thread, files });
}

$("composer").addEventListener("submit", async (event) => {
  event.preventDefault();
  const text = $("text").value, file = $("file").files[0];
  $("text").value = "";
  let files = [];
  if (file) {
    const response = await fetch(`/playground/upload?name=${encodeURIComponent(file.name)}`, { method: "POST", body: file });
    const kept = await response.json();
    if (response.ok) files = [kept]; else $("hint").textContent = kept.error;
    $("file").value = "";
  }
  await send(text, files);
});
$("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); $("composer").requestSubmit(); }
});
$("file").addEventListener("change", () => { $("hint").textContent = $("file").files[0] ? `Attached: ${$("file").files[0].name}. Mention @haflag or use the DM.` : ""; });
$("user").addEventListener("change", () => { draw(state); if (place === "home") act({ do: "home", tab: "home" }); });
$("modal").addEventListener("cancel", (event) => { event.preventDefault(); const view = state.views.at(-1); if (view) act({ do: "close", view: view.id }); });
for (const tab of document.querySelectorAll("[data-place]")) {
  tab.addEventListener("click", () => {
    place = tab.dataset.place;
    openThread("");
    for (const other of document.querySelectorAll("[data-place]")) other.toggleAttribute("aria-current", other === tab);
    draw(state);
    if (place === "home") act({ do: "home", tab: "home" });
    if (place.startsWith("D")) act({ do: "home", tab: "messages" });
  });
}
$("examples").replaceChildren(el("p", {}, "Try one · 试试看"), ...EXAMPLES.map(([text, lang]) => el("button", { type: "button", class: "example", lang, onclick: () => send(text) }, text)));
await refresh();
new EventSource("/playground/events").addEventListener("message", (event) => { if (Number(event.data) > state.version) refresh(); });
