"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const COLOURS = { A: "#21c7c7", B: "#ff9d5c", C: "#c39bff", D: "#f5d34f" };
  const SVG = "http://www.w3.org/2000/svg";
  const store = "vantage inspector: " + data.title;
  const byId = (id) => document.getElementById(id);
  let marks = {};
  // A browser may refuse storage to pages from disk; marks then last as long as the page and can still be saved.
  try { marks = JSON.parse(localStorage.getItem(store) || "{}"); } catch { marks = {}; }
  let current = 0, chosen = 0, hovered = null, together = false;

  const draw = (parent, name, attributes, text) => {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== undefined) made.textContent = text;
    parent.appendChild(made);
    return made;
  };
  const add = (parent, name, className, text) => {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    parent.appendChild(made);
    return made;
  };
  const colour = (letter) => COLOURS[letter] || "#ffffff";
  const keyOf = (sample, index) => [sample.name, index, sample.turns[index].question, sample.turns[index].answer].join("\u001f");
  const ordinal = (view) => ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth"][view] || String(view + 1);

  function remember() {
    try { localStorage.setItem(store, JSON.stringify(marks)); } catch { /* told by the tally: marks can be saved */ }
    tally();
  }

  function tally() {
    let right = 0, wrong = 0, all = 0;
    for (const sample of data.samples) sample.turns.forEach((_, index) => {
      const mark = marks[keyOf(sample, index)];
      all += 1; right += mark === "right"; wrong += mark === "wrong";
    });
    byId("tally").textContent = `${right} right, ${wrong} wrong, ${all - right - wrong} not marked`;
  }

  function mark(index, value) {
    const sample = data.samples[current], key = keyOf(sample, index);
    if (value === null || marks[key] === value) delete marks[key]; else marks[key] = value;
    remember();
    paintMarks();
  }

  function paintMarks() {
    const sample = data.samples[current];
    byId("turns").querySelectorAll(".marks button").forEach((button) => {
      const pressed = marks[keyOf(sample, Number(button.dataset.turn))] === button.dataset.mark;
      button.setAttribute("aria-pressed", String(pressed));
    });
  }

  function save() {
    const saved = data.samples.map((sample) => ({
      name: sample.name,
      turns: sample.turns.map((turn, index) => ({
        level: turn.level, kind: turn.kind, question: turn.question, answer: turn.answer,
        mark: marks[keyOf(sample, index)] || null,
      })),
    }));
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([JSON.stringify({ title: data.title, samples: saved }, null, 1)], { type: "application/json" }));
    link.download = "marks.json";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  function show(index, turn) {
    const count = data.samples.length;
    current = ((index % count) + count) % count;
    const sample = data.samples[current];
    chosen = Math.max(0, Math.min(turn || 0, sample.turns.length - 1));
    hovered = null;
    byId("samples").value = String(current);
    const images = byId("images");
    images.replaceChildren();
    images.style.setProperty("--across", sample.images.length === 1 ? 1 : sample.images.length <= 4 ? 2 : 3);
    sample.images.forEach((uri, view) => {
      const box = add(images, "div", "view");
      const image = add(box, "img");
      image.src = uri;
      image.alt = `The ${ordinal(view)} image`;
      const [width, height] = sample.sizes[view];
      draw(box, "svg", { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none" });
      if (sample.images.length > 1) add(box, "span", "", ordinal(view));
    });
    const turns = byId("turns");
    turns.replaceChildren();
    sample.turns.forEach((each, number) => turns.appendChild(row(each, number)));
    const lines = [sample.name, ...sample.notes];
    lines.push(sample.upright ? `Up is told by ${sample.frame}.` : "Nothing tells which way is up: plans are in the first camera's frame.");
    if (sample.missing) lines.push(`Missing: ${sample.missing}.`);
    byId("notes").textContent = lines.join("\n");
    paintMarks();
    choose(chosen);
  }

  function row(turn, number) {
    const item = document.createElement("li");
    item.className = "turn";
    item.tabIndex = 0;
    const words = add(item, "div");
    add(words, "div", "level", `${number + 1} · ${turn.level} · ${turn.kind.replaceAll("_", " ")}`);
    add(words, "div", "question", turn.question);
    add(words, "div", "answer", turn.answer);
    const proof = add(words, "div", "proof");
    for (const thing of turn.things) badge(proof, thing.letter, thing.text);
    for (const point of turn.points) badge(proof, point.letter, `at ${point.place.map((value) => value.toFixed(2)).join(", ")}`);
    for (const [name, value] of turn.numbers) add(proof, "span", "", `${name.replaceAll("_", " ")} ${value}`);
    const buttons = add(item, "div", "marks");
    for (const [value, sign] of [["right", "\u2713"], ["wrong", "\u2717"]]) {
      const button = add(buttons, "button", value, sign);
      button.dataset.mark = value;
      button.dataset.turn = String(number);
      button.title = `Mark as ${value}`;
      button.addEventListener("click", (event) => { event.stopPropagation(); choose(number); mark(number, value); });
    }
    item.addEventListener("click", () => choose(number));
    item.addEventListener("mouseenter", () => { hovered = number; paint(); });
    item.addEventListener("mouseleave", () => { hovered = null; paint(); });
    return item;
  }

  function badge(parent, letter, text) {
    const made = add(parent, "span");
    const sign = add(made, "b", "", letter);
    sign.style.backgroundColor = colour(letter);
    made.appendChild(document.createTextNode(text));
  }

  function choose(number) {
    const turns = data.samples[current].turns;
    chosen = Math.max(0, Math.min(number, turns.length - 1));
    hovered = null;
    paint();
    const item = byId("turns").children[chosen];
    if (item) item.scrollIntoView({ block: "nearest" });
  }

  function paint() {
    const sample = data.samples[current];
    [...byId("turns").children].forEach((item, number) => item.classList.toggle("chosen", number === chosen));
    history.replaceState(null, "", `#${current + 1}.${together ? "all" : chosen + 1}`);
    byId("all").setAttribute("aria-pressed", String(together));
    const turn = sample.turns[hovered === null ? chosen : hovered];
    [...byId("images").children].forEach((box, view) => {
      box.classList.toggle("asked", turn !== undefined && turn.view === view && sample.images.length > 1);
      const svg = box.querySelector("svg"), size = sample.sizes[view];
      svg.replaceChildren();
      if (together && hovered === null) sample.turns.forEach((each, number) => paintView(svg, each, view, size, String(number + 1)));
      else if (turn !== undefined) paintView(svg, turn, view, size, "");
    });
    // Page right is the viewer's right (-y), page up is ahead (x); from the side, ahead is right and up is up.
    paintPlan(byId("top"), sample, turn, (p) => [-p[1], -p[0]], true);
    paintPlan(byId("side"), sample, turn, (p) => [p[0], -p[2]], false);
  }

  // With a number before their letters, the evidence of several turns is drawn over each other, cubes as boxes.
  function paintView(svg, turn, view, size, number) {
    // Sizes in the image's pixels that look alike on images of any resolution.
    const unit = size[0] / 640;
    const label = (x, y, letter) => {
      const at = [Math.max(6 * unit, Math.min(x, size[0] - 16 * unit)), Math.max(16 * unit, Math.min(y, size[1] - 4 * unit))];
      const text = draw(svg, "text", { x: at[0], y: at[1] }, number + letter);
      text.style.fontSize = `${16 * unit}px`;
      text.style.fill = colour(letter);
      text.style.strokeWidth = `${3 * unit}px`;
    };
    const line = (ends, stroke, width) => {
      const [x1, y1, x2, y2] = ends;
      draw(svg, "line", { x1, y1, x2, y2, stroke: "#000", "stroke-opacity": 0.45, "stroke-width": (width + 1.6) * unit });
      draw(svg, "line", { x1, y1, x2, y2, stroke, "stroke-width": width * unit });
    };
    for (const thing of turn.things) {
      const seen = thing.views[view], stroke = colour(thing.letter);
      if (!number) for (const ends of seen.edges) line(ends, stroke, 1.6);
      if (seen.box && (number || seen.edges.length === 0)) {
        const [left, top, right, bottom] = seen.box;
        draw(svg, "rect", { x: left, y: top, width: right - left, height: bottom - top, fill: "none", stroke, "stroke-width": 2 * unit, "stroke-dasharray": `${6 * unit} ${4 * unit}` });
      }
      if (seen.box) label(seen.box[0] + 3 * unit, seen.box[1] + 14 * unit, thing.letter);
      else if (seen.edges.length && !number) {
        const ends = seen.edges.flatMap(([x1, y1, x2, y2]) => [[x1, y1], [x2, y2]]);
        const inside = ends.some(([x, y]) => x >= 0 && y >= 0 && x <= size[0] && y <= size[1]);
        if (inside) label(Math.min(...ends.map((p) => p[0])), Math.min(...ends.map((p) => p[1])), thing.letter);
      }
    }
    if (turn.segment) for (const ends of turn.segment.views[view]) line(ends, "#ffffff", 2.4);
    for (const point of turn.points) {
      if (point.view !== view) continue;
      const [x, y] = point.at, stroke = colour(point.letter);
      draw(svg, "circle", { cx: x, cy: y, r: 9 * unit, fill: "none", stroke: "#000", "stroke-width": 4 * unit });
      draw(svg, "circle", { cx: x, cy: y, r: 9 * unit, fill: "none", stroke, "stroke-width": 2 * unit });
      draw(svg, "circle", { cx: x, cy: y, r: 1.5 * unit, fill: stroke });
      label(x + 11 * unit, y - 8 * unit, point.letter);
    }
  }

  function paintPlan(svg, sample, turn, flat, wedges) {
    svg.replaceChildren();
    const width = 400, height = 260;
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const boxOf = (cube) => [flat(cube.low), flat(cube.high)];
    const places = sample.cameras.map((camera) => flat(camera.centre));
    for (const cube of sample.cubes) places.push(...boxOf(cube));
    const points = turn ? turn.points : [], segment = turn ? turn.segment : null;
    for (const point of points) places.push(flat(point.place));
    if (segment) places.push(...segment.ends.map(flat));
    const xs = places.map((p) => p[0]), ys = places.map((p) => p[1]);
    const low = [Math.min(...xs), Math.min(...ys)], high = [Math.max(...xs), Math.max(...ys)];
    const extent = Math.max((high[0] - low[0]) / (width - 60), (high[1] - low[1]) / (height - 50), 1 / 200);
    const middle = [(low[0] + high[0]) / 2, (low[1] + high[1]) / 2];
    const at = (p) => [(p[0] - middle[0]) / extent + width / 2, (p[1] - middle[1]) / extent + height / 2];
    // A line each metre, or each ten where that would be a hatching.
    const step = 1 / extent > 9 ? 1 : 10;
    const reach = [width * extent / 2, height * extent / 2];
    for (let x = Math.ceil((middle[0] - reach[0]) / step) * step; x <= middle[0] + reach[0]; x += step) {
      const [px] = at([x, 0]);
      draw(svg, "line", { class: "grid", x1: px, x2: px, y1: 0, y2: height });
    }
    for (let y = Math.ceil((middle[1] - reach[1]) / step) * step; y <= middle[1] + reach[1]; y += step) {
      const [, py] = at([0, y]);
      draw(svg, "line", { class: "grid", x1: 0, x2: width, y1: py, y2: py });
    }
    draw(svg, "text", { x: 4, y: height - 4 }, step === 1 ? "a line each unit (metre where metric)" : "a line each ten units");
    const letters = new Map((turn ? turn.things : []).map((thing) => [thing.instance, thing.letter]));
    const order = [...sample.cubes].sort((a, b) => letters.has(a.instance) - letters.has(b.instance));
    for (const cube of order) {
      const [a, b] = boxOf(cube).map(at), letter = letters.get(cube.instance);
      const box = { x: Math.min(a[0], b[0]), y: Math.min(a[1], b[1]), width: Math.abs(a[0] - b[0]), height: Math.abs(a[1] - b[1]) };
      const shown = draw(svg, "rect", letter ? { ...box, fill: colour(letter), "fill-opacity": 0.35, stroke: colour(letter), "stroke-width": 2 } : { ...box, class: "other" });
      draw(shown, "title", {}, cube.name);
      if (letter) draw(svg, "text", { x: box.x + 2, y: box.y - 3 }, letter);
    }
    sample.cameras.forEach((camera, view) => {
      const place = at(flat(camera.centre));
      const asked = turn && (turn.view === view || turn.view === null);
      const length = 22;
      const tip = (direction) => {
        const [x, y] = flat(direction), norm = Math.hypot(x, y) || 1;
        return [place[0] + x / norm * length, place[1] + y / norm * length];
      };
      if (wedges) {
        const [left, right] = camera.edges.map(tip);
        draw(svg, "path", { class: "wedge", d: `M${place} L${left} L${right} Z` });
        draw(svg, "path", { class: "camera", d: `M${left} L${place} L${right}`, "stroke-opacity": asked ? 1 : 0.35 });
      } else {
        draw(svg, "path", { class: "camera", d: `M${place} L${tip(camera.ahead)}`, "stroke-opacity": asked ? 1 : 0.35 });
      }
      draw(svg, "circle", { cx: place[0], cy: place[1], r: 3, class: "camera", "stroke-opacity": asked ? 1 : 0.35 });
      if (sample.cameras.length > 1) draw(svg, "text", { x: place[0] + 5, y: place[1] + 12 }, String(view + 1));
    });
    if (segment) {
      const [a, b] = segment.ends.map((end) => at(flat(end)));
      draw(svg, "line", { x1: a[0], y1: a[1], x2: b[0], y2: b[1], stroke: "currentColor", "stroke-width": 2, "stroke-dasharray": "4 3" });
    }
    for (const point of points) {
      const [x, y] = at(flat(point.place));
      draw(svg, "circle", { cx: x, cy: y, r: 4, fill: colour(point.letter), stroke: "#000" });
      draw(svg, "text", { x: x + 6, y: y - 4 }, point.letter);
    }
  }

  data.samples.forEach((sample, index) => {
    const option = add(byId("samples"), "option", "", `${index + 1} of ${data.samples.length}: ${sample.name}`);
    option.value = String(index);
  });
  byId("samples").addEventListener("change", (event) => { show(Number(event.target.value)); event.target.blur(); });
  byId("previous").addEventListener("click", () => show(current - 1));
  byId("next").addEventListener("click", () => show(current + 1));
  byId("save").addEventListener("click", save);
  const toggle = () => { together = !together; paint(); };
  byId("all").addEventListener("click", toggle);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.tagName === "SELECT") return;
    const actions = {
      ArrowRight: () => show(current + 1), ArrowLeft: () => show(current - 1),
      ArrowDown: () => choose(chosen + 1), ArrowUp: () => choose(chosen - 1),
      a: toggle, r: () => mark(chosen, "right"), w: () => mark(chosen, "wrong"), u: () => mark(chosen, null),
    };
    const action = actions[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (action && (event.key.length > 1 || data.samples[current].turns.length)) { event.preventDefault(); action(); }
  });
  const [first, turn] = location.hash.slice(1).split(".").map(Number);
  together = location.hash.endsWith(".all");
  tally();
  show(first > 0 ? first - 1 : 0, turn > 0 ? turn - 1 : 0);
})();
