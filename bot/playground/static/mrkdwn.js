// Slack's mrkdwn, plain text objects and the markdown block → DOM.
import { el } from "./dom.js";

const EMOJI = {
  white_check_mark: "✅", warning: "⚠️", rotating_light: "🚨", information_source: "ℹ️", red_circle: "🔴", mag: "🔍",
  large_orange_circle: "🟠", large_yellow_circle: "🟡", large_green_circle: "🟢", large_blue_circle: "🔵", wave: "👋",
  "+1": "👍", "-1": "👎", thumbsup: "👍", thumbsdown: "👎", memo: "📝", lock: "🔒", bulb: "💡", wrench: "🔧", book: "📖", x: "❌",
};
const SPAN = new RegExp([
  "`([^`\\n]+)`", "<([^<>\\n]+)>",
  ...["*", "_", "~"].map((mark) => {
    const m = mark === "*" ? "\\*" : mark;
    return `(?<![\\p{L}\\p{N}${m}])${m}(?=\\S)([^${m}\\n]+?)(?<=\\S)${m}(?![\\p{L}\\p{N}${m}])`;
  }),
].join("|"), "gu");

const unescape = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

export const emoji = (text) => text.replace(/:([a-z0-9_+-]+):/g, (all, name) => EMOJI[name] ?? all);

// `<@U…>`, `<#C…>`, `<!here>`, `<https://…|label>`: anything else in angle brackets stays as it was written.
function reference(inner, names) {
  const [target, label] = inner.split(/\|(.*)/s);
  if (/^[@#!]/.test(target)) {
    const shown = target.startsWith("!date^") ? label ?? "" : target[0].replace("!", "@") + (names[target.slice(1)] ?? label ?? target.slice(1));
    return el("span", { class: "mention" }, shown);
  }
  if (!/^(https?|mailto):/.test(target)) return document.createTextNode(unescape(`<${inner}>`));
  return anchor(unescape(target), unescape(label ?? target));
}

export const anchor = (href, text) => el("a", { href, target: "_blank", rel: "noreferrer noopener" }, text);

function inline(text, names) {
  const out = document.createDocumentFragment();
  let end = 0;
  for (const found of text.matchAll(SPAN)) {
    const [all, code, angle, bold, italic, struck] = found;
    out.append(emoji(unescape(text.slice(end, found.index))));
    if (code != null) out.append(el("code", {}, unescape(code)));
    else if (angle != null) out.append(reference(angle, names));
    else if (bold != null) out.append(el("strong", {}, inline(bold, names)));
    else if (italic != null) out.append(el("em", {}, inline(italic, names)));
    else out.append(el("s", {}, inline(struck, names)));
    end = found.index + all.length;
  }
  out.append(emoji(unescape(text.slice(end))));
  return out;
}

function prose(text, names) {
  const out = document.createDocumentFragment();
  const lines = text.split("\n");
  lines.forEach((line, number) => {
    if (/^(&gt;|>)/.test(line)) {
      out.append(el("blockquote", {}, inline(line.replace(/^(&gt;|>)\s*/, ""), names)));
      return;
    }
    const bullet = /^\s*[•◦] /.test(line);
    out.append(bullet ? el("span", { class: "bullet" }, inline(line.trim(), names)) : inline(line, names));
    if (number < lines.length - 1 && !bullet) out.append(el("br"));
  });
  return out;
}

// `names` maps ids of users and channels to what is shown for them.
export function mrkdwn(text, names = {}) {
  const out = document.createDocumentFragment();
  text.split("```").forEach((piece, number) => {
    if (number % 2) out.append(el("pre", { tabindex: "0" }, unescape(piece.replace(/^\n|\n$/g, ""))));
    else if (piece.trim()) out.append(prose(piece.replace(number ? /^\n/ : "", "").replace(/\n$/, ""), names));
  });
  return out;
}

export const textObject = (text, names) => !text ? "" : text.type === "mrkdwn" ? mrkdwn(text.text, names) : emoji(text.text);

// The markdown block, as far as messages use it: headings, bold, code, list items, fences, links.
export function markdown(text) {
  const safe = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return mrkdwn(safe.replace(/^#+ (.*)$/gm, "*$1*").replace(/\*\*([^*\n]+)\*\*/g, "*$1*").replace(/^[-*] /gm, "• ")
    .replace(/\[([^\]\n]+)\]\((https?:[^)\s]+)\)/g, "<$2|$1>"));
}
