// A place's messages → articles. What has not changed keeps its nodes, so that focus, open menus and a screen reader stay.
import { renderBlocks } from "./blocks.js";
import { $, button, el } from "./dom.js";
import { mrkdwn } from "./mrkdwn.js";
import { language, say } from "./phrases.js";
import { act, names, now } from "./workspace.js";

const drawn = new Map();

// What `renderBlocks` needs for a message, window or App Home; `values` holds what its inputs hold.
export function pageFor(where, values = {}) {
  return {
    names: names(), users: now.state.users.map((u) => u.id), channels: Object.keys(now.state.channels), say,
    act: (element, what, block) => act({
      do: "click", ...where, values, action: { type: element.type, action_id: element.action_id, block_id: block.block_id ?? "b", ...what },
    }),
    suggest: async (element, block, text) =>
      (await act({ do: "suggest", ...where, action_id: element.action_id, block_id: block.block_id, text })).answer?.options ?? [],
    changed: (block, element, value) => { (values[block.block_id] ??= {})[element.action_id] = { type: element.type, ...value }; },
  };
}

function article(message, { shortcuts, reply, showJson }) {
  const own = message.user !== now.state.bot.id;
  const name = own ? names()[message.user] ?? message.user : "haflag";
  const time = new Date(Number(message.ts) * 1000);
  const head = el("div", { class: "meta" }, el("strong", {}, name), !own && el("span", { class: "app" }, "APP"),
    el("time", { datetime: time.toISOString() }, time.toLocaleTimeString(language === "zh" ? "zh-CN" : "en", { hour: "2-digit", minute: "2-digit" })));
  const body = message.blocks.length ? renderBlocks(message.blocks, pageFor({ ts: message.ts })) : [el("div", { class: "block" }, mrkdwn(message.text, names()))];
  const files = message.files.map((file) => file.mimetype === "image/png" ? el("img", { src: `/playground/pictures/${file.id}`, alt: file.title }) : el("div", { class: "attached" }, say("file", { name: file.name, size: file.size })));
  const tools = el("div", { class: "tools" },
    !message.only && button(say("reply"), () => reply(message.thread || message.ts)),
    ...shortcuts.map((s) => !message.only && button(s.name, () => act({ do: "shortcut", callback_id: s.callback_id, ts: message.ts }))),
    !own && button(say("json"), () => showJson(message)));
  return el("article", { class: `message${message.thread ? " reply" : ""}${message.only ? " only" : ""}`, "aria-label": say("message_from", { name }), tabindex: "-1", "data-ts": message.ts },
    message.only && el("p", { class: "private" }, el("span", { "aria-hidden": "true" }, "👁 "), say("only_you")),
    el("div", { class: own ? "avatar own" : "avatar", "aria-hidden": "true" }, own ? [...name][0].toUpperCase() : "cD"),
    el("div", { class: "content" }, head, ...body, message.edited && el("span", { class: "edited" }, say("edited")), files.length > 0 && el("div", {}, ...files), tools));
}

export function visible() {
  const seen = now.state.messages.filter((m) => m.channel === now.place && (!m.only || m.only === now.user));
  const starts = new Set(seen.filter((m) => !m.thread).map((m) => m.ts));
  return seen.filter((m) => !starts.has(m.thread)).flatMap((m) => [m, ...seen.filter((reply) => reply.thread === m.ts)]);
}

export function drawMessages(tools) {
  const list = $("messages"), wanted = visible(), focused = document.activeElement;
  const lost = list.contains(focused) ? { ts: focused.closest("article")?.dataset.ts, action: focused.dataset.action } : null;
  const scroller = $("scroller"), atEnd = scroller.scrollTop + scroller.clientHeight >= scroller.scrollHeight - 40;
  let fresh = null;
  const nodes = wanted.map((message) => {
    const key = JSON.stringify([message.text, message.blocks, message.edited, language]);
    const known = drawn.get(message.ts);
    if (known?.key === key) return known.node;
    const node = article(message, tools);
    if (!known || (atEnd && message === wanted.at(-1))) fresh = node;
    drawn.set(message.ts, { key, node });
    return node;
  });
  nodes.forEach((node, n) => { if (list.children[n] !== node) list.insertBefore(node, list.children[n] ?? null); });
  while (list.children.length > nodes.length) list.lastElementChild.remove();
  for (const ts of drawn.keys()) if (!now.state.messages.some((m) => m.ts === ts)) drawn.delete(ts);
  if (fresh) show(fresh);
  if (lost && !list.contains(document.activeElement)) {
    const again = drawn.get(lost.ts)?.node ?? nodes.at(-1);
    ([...(again?.querySelectorAll("[data-action]") ?? [])].find((n) => n.dataset.action === lost.action) ?? again)?.focus({ preventScroll: !!fresh });
  }
}

function show(node) {
  const whole = node.offsetHeight < $("scroller").clientHeight;
  node.scrollIntoView({ block: whole ? "nearest" : "start" });
}
