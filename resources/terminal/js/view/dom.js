// Small pieces to build the page with. Text is always set as text, never parsed as HTML.

const SVG = "http://www.w3.org/2000/svg";

/** An element: `on` are listeners, `data` data attributes, `class` a class list, the rest attributes. */
export function h(tag, { on = {}, data = {}, class: names = "", ...attributes } = {}, ...children) {
  const element = document.createElement(tag);
  if (names) element.className = names;
  for (const [name, value] of Object.entries(data)) element.dataset[name] = value;
  for (const [name, listener] of Object.entries(on)) element.addEventListener(name, listener);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  if (tag === "button" && !attributes.type) element.type = "button";
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `#${name}`);
  svg.append(use);
  return svg;
}

/** A button with a picture and a word, both always. */
export function button(label, { icon: picture = null, class: names = "", onPress, ...rest }) {
  return h("button", { class: `button ${names}`, on: { click: onPress }, ...rest }, picture ? icon(picture) : null, h("span", {}, label));
}

/** Set only what differs, so that nothing under a finger is touched without need. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function show(element, isShown) {
  if (element.hidden === isShown) element.hidden = !isShown;
}
