"use strict";
// Values by pointer or by a slider, choice of rows and kinds, zoom of the timeline. Without it the page shows all the same.
const all = (selector, within) => [...(within || document).querySelectorAll(selector)];
const make = (name, attributes, ...children) => {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
};

// --- values of a mark: in words, or of a span of the timeline from its place ---
const marked = "[data-tip], [data-span]";
const values = (mark) => {
  if (mark.dataset.tip) return mark.dataset.tip;
  const number = (name) => Number(mark.getAttribute(name));
  return `worker ${mark.parentNode.dataset.worker}: ${mark.dataset.span}, ${number("width")} s from ${number("x")} s`;
};

// --- values under the pointer ---
const tip = document.body.appendChild(make("div", { id: "tip", hidden: "", "aria-hidden": "true" }));
document.addEventListener("pointermove", (event) => {
  const mark = event.target.closest && event.target.closest(marked);
  tip.hidden = !mark;
  if (!mark) return;
  tip.textContent = values(mark);
  const width = tip.offsetWidth, height = tip.offsetHeight;
  tip.style.left = Math.max(4, Math.min(event.clientX + 14, innerWidth - width - 4)) + "px";
  tip.style.top = (event.clientY + 18 + height > innerHeight ? event.clientY - height - 10 : event.clientY + 18) + "px";
});

// --- the same by keyboard: a slider steps through the points of a figure ---
for (const figure of all("figure")) {
  const marks = () => all(marked, figure).filter((mark) => !mark.closest("[hidden]"));
  if (!marks().length) continue;
  const title = figure.querySelector("figcaption strong").textContent;
  const slider = make("input", { type: "range", min: "0", max: String(marks().length), value: "0", "aria-label": "Values of: " + title });
  const shown = make("output", {});
  const walk = () => {
    const list = marks();
    slider.max = String(list.length);
    all(".at", figure).forEach((mark) => mark.classList.remove("at"));
    const mark = list[Number(slider.value) - 1];
    if (mark) mark.classList.add("at");
    shown.textContent = mark ? values(mark) : "";
    slider.setAttribute("aria-valuetext", mark ? values(mark) : "no point");
  };
  slider.addEventListener("input", walk);
  walk();
  const row = make("p", { class: "walk" }, make("span", {}, "point by point"), slider, shown);
  figure.insertBefore(row, figure.querySelector("details"));
}

// --- rows of cells ---
for (const choice of all('[data-choose="cells"]')) {
  const figure = choice.closest("figure"), svg = figure.querySelector("svg"), boxes = all("[data-cell]", choice);
  const rows = all(".row", svg), step = 22, top = 6, rest = svg.viewBox.baseVal.height - step * rows.length;
  const axis = all("svg > .tick, svg > .label, svg > .axis", figure);
  const lay = () => {
    let shown = 0;
    boxes.forEach((box, place) => {
      rows[place].toggleAttribute("hidden", !box.checked);
      if (box.checked) rows[place].setAttribute("transform", `translate(0 ${top + step * shown++})`);
    });
    const less = step * (rows.length - shown);
    axis.forEach((part) => part.setAttribute("transform", `translate(0 ${-less})`));
    svg.setAttribute("viewBox", `0 0 960 ${rest + step * shown}`);
  };
  choice.addEventListener("change", lay);
  all("[data-all]", choice).forEach((button) => button.addEventListener("click", () => {
    boxes.forEach((box) => { box.checked = Boolean(button.dataset.all); });
    lay();
  }));
  lay();
}

// --- kinds of items, and an item by its name ---
for (const choice of all('[data-choose="kinds"]')) {
  choice.addEventListener("change", () => all("[data-kind]", choice).forEach((box) => {
    all(`circle[data-kind="${box.dataset.kind}"]`).forEach((point) => point.toggleAttribute("hidden", !box.checked));
  }));
}
for (const field of all('[data-find="items"]')) {
  const points = all("circle[data-kind]"), shown = field.closest(".find").querySelector("output");
  field.addEventListener("input", () => {
    const wanted = field.value.trim().toLowerCase();
    const found = points.filter((point) => wanted && point.dataset.tip.toLowerCase().includes(wanted));
    points.forEach((point) => point.classList.toggle("found", found.includes(point)));
    const half = found.slice(0, Math.ceil(found.length / 2));
    shown.textContent = wanted ? `${half.length} found${half.length ? ": " + half[0].dataset.tip : ""}` : "";
  });
}

// --- zoom of the timeline ---
for (const controls of all('[data-zoom="timeline"]')) {
  const figure = controls.closest("figure"), choice = controls.querySelector("select"), shown = controls.querySelector("output");
  const parts = all("[data-line]", figure);
  const view = () => {
    const part = parts.find((one) => one.dataset.line === choice.value), lane = part.querySelector(".lane");
    return { part, lane, whole: Number(lane.dataset.whole), box: lane.viewBox.baseVal };
  };
  const show = (begin, length) => {
    const { part, lane, whole, box } = view();
    length = Math.min(whole, Math.max(whole / 2000, length));
    begin = Math.max(0, Math.min(whole - length, begin));
    lane.setAttribute("viewBox", `${begin} 0 ${length} ${box.height}`);
    const ticks = all("svg.line > .tick.mid", part), marks = all("svg.line > path.axis", part);
    const x = Number(lane.getAttribute("x")), width = Number(lane.getAttribute("width"));
    ticks.forEach((tick, place) => {
      const share = ticks.length > 1 ? place / (ticks.length - 1) : 0;
      tick.setAttribute("x", String(x + share * width));
      tick.textContent = String(Number((begin + share * length).toPrecision(4)));
      if (marks[place]) marks[place].setAttribute("d", `M${x + share * width} ${Number(lane.getAttribute("y")) + Number(lane.getAttribute("height"))}v4`);
    });
    shown.textContent = length < whole ? `${begin.toPrecision(4)} to ${(begin + length).toPrecision(4)} s` : "";
  };
  const actions = {
    in: ({ box }) => show(box.x + box.width / 4, box.width / 2), out: ({ box }) => show(box.x - box.width / 2, box.width * 2),
    left: ({ box }) => show(box.x - box.width / 2, box.width), right: ({ box }) => show(box.x + box.width / 2, box.width), whole: ({ whole }) => show(0, whole),
  };
  all("[data-do]", controls).forEach((button) => button.addEventListener("click", () => actions[button.dataset.do](view())));
  choice.addEventListener("change", () => {
    parts.forEach((part) => { part.hidden = part.dataset.line !== choice.value; });
    actions.whole(view());
    const slider = figure.querySelector(".walk input");
    if (slider) { slider.value = "0"; slider.dispatchEvent(new Event("input")); }
  });
}

addEventListener("beforeprint", () => all("details").forEach((part) => { part.open = true; }));
