// Block Kit → DOM, as Slack shows it. What Slack has and this page has not is shown as a loud marker, never left out.
import { el, unknown } from "./dom.js";
import { element } from "./elements.js";
import { anchor, emoji, markdown, mrkdwn, textObject } from "./mrkdwn.js";

const TAGS = { bold: "strong", italic: "em", strike: "s", code: "code" };

// `page.act(element, what, block)` is called for every press, `page.changed(block, element, value)` for every change of an
// input, `page.suggest(element, block, text)` gives an external select its options; `page.names` maps ids to names.
export function renderBlocks(blocks, page) {
  return (blocks ?? []).map((block) => renderBlock(block, page));
}

function renderBlock(block, page) {
  const text = (t) => textObject(t, page.names);
  switch (block.type) {
    case "header": return el("h3", { class: "block header" }, text(block.text));
    case "divider": return el("hr", { class: "block" });
    case "section": return el("div", { class: "block section" },
      el("div", { class: "section-text" },
        block.text && el("div", {}, text(block.text)),
        block.fields && el("div", { class: "fields" }, ...block.fields.map((field) => el("div", {}, text(field))))),
      block.accessory && el("div", { class: "accessory" }, element(block.accessory, block, page)));
    case "context": return el("div", { class: "block context" },
      ...block.elements.map((e) => e.type === "image" ? element(e, block, page) : el("span", {}, text(e))));
    case "actions":
    case "context_actions": return el("div", { class: `block ${block.type.replace("_", "-")}` },
      ...block.elements.map((e) => element(e, block, page)));
    case "image": return el("figure", { class: "block" }, element(block, block, page),
      block.title && el("figcaption", {}, text(block.title)));
    case "markdown": return el("div", { class: "block" }, markdown(block.text));
    case "rich_text": return el("div", { class: "block rich" }, ...block.elements.map((node) => rich(node, page.names)));
    case "table": return table(block, page.names);
    case "input": return input(block, page);
    case "alert": return el("div", { class: `block alert ${block.level ?? ""}`, role: "note" }, text(block.text));
    default: return unknown(block.type);
  }
}

function input(block, page) {
  const id = `input-${block.block_id}`;
  const many = ["checkboxes", "radio_buttons"].includes(block.element.type);
  const label = [textObject(block.label, page.names), block.optional && el("span", { class: "optional" }, page.say("optional"))];
  const box = element(block.element, block, page, id);
  const hint = block.hint && el("p", { class: "hint" }, textObject(block.hint, page.names));
  const fault = el("p", { class: "field-error", role: "alert", id: `${id}-error` });
  if (many) return el("fieldset", { class: "block input", "data-block": block.block_id }, el("legend", {}, ...label), box, hint, fault);
  return el("div", { class: "block input", "data-block": block.block_id }, el("label", { for: id }, ...label), box, hint, fault);
}

function table(block, names) {
  const cell = (c) => c?.type === "rich_text" ? el("span", {}, ...c.elements.map((n) => rich(n, names))) : c?.text ?? "";
  const row = (cells, tag) => el("tr", {}, ...cells.map((c) => el(tag, tag === "th" ? { scope: "col" } : {}, cell(c))));
  const [head, ...body] = block.rows;
  return el("div", { class: "block scroll", tabindex: "0", role: "group", "aria-label": "table" },
    el("table", {}, el("thead", {}, row(head, "th")), el("tbody", {}, ...body.map((cells) => row(cells, "td")))));
}

function rich(node, names) {
  const children = () => (node.elements ?? []).map((child) => rich(child, names));
  const styled = (child) => Object.entries(TAGS).reduce((inner, [style, tag]) => node.style?.[style] ? el(tag, {}, inner) : inner, child);
  switch (node.type) {
    case "rich_text_section": return el("div", { class: "rich-section" }, ...children());
    case "rich_text_preformatted": return el("pre", { tabindex: "0" }, ...node.elements.map((n) => n.text ?? n.url ?? ""));
    case "rich_text_quote": return el("blockquote", {}, ...children());
    case "rich_text_list": return el(node.style === "ordered" ? "ol" : "ul", { class: `indent-${node.indent ?? 0}` },
      ...children().map((item) => el("li", {}, item)));
    case "text": return styled(document.createTextNode(node.text));
    case "link": return styled(anchor(node.url, node.text ?? node.url));
    case "emoji": return document.createTextNode(emoji(`:${node.name}:`));
    case "user": return el("span", { class: "mention" }, `@${names[node.user_id] ?? node.user_id}`);
    case "channel": return el("span", { class: "mention" }, `#${names[node.channel_id] ?? node.channel_id}`);
    default: return mrkdwn(node.text ?? node.fallback ?? `[${node.type}]`, names);
  }
}
