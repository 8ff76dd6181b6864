// report.js - zoom into the waveforms, in time: wheel or pinch zooms, dragging moves, a double click goes
// back, and the pointer reads the time. Works on gnuplot's SVG as it is: everything within the axes is
// stretched, what stands beside them stays. Without a script the page has the same pictures, unzoomed.
"use strict";
(function () {
  const NS = "http://www.w3.org/2000/svg";

  function make(name, attributes, parent) {
    const e = document.createElementNS(NS, name);
    for (const key in attributes) e.setAttribute(key, attributes[key]);
    parent.appendChild(e);
    return e;
  }

  // Where a text stands: gnuplot writes transform="translate(x,y)" on it or on the group around it.
  function place(text) {
    const at = text.closest("[transform^='translate']");
    const m = at && /translate\(([-\d.]+),\s*([-\d.]+)\)/.exec(at.getAttribute("transform"));
    return m ? { x: +m[1], y: +m[2], at } : null;
  }

  // The scale under the upper panel: its labels are numbers in a row; the line under them says the unit.
  function findScale(svg) {
    const rows = new Map();
    let unit = "";
    for (const text of svg.querySelectorAll("text")) {
      const p = place(text), words = text.textContent.trim();
      const m = /^time \/ (.*)$/.exec(words);
      if (m && !unit) unit = m[1];
      if (!p || !/^-?[\d.]+$/.test(words)) continue;
      const key = Math.round(p.y);
      rows.set(key, (rows.get(key) || []).concat([{ x: p.x, t: +words, text: p.at }]));
    }
    let best = null;
    for (const [y, row] of rows) {
      if (row.length < 2 || (best && y >= best.y)) continue;
      if (Math.abs(row[0].x - row[row.length - 1].x) > 300) best = { y, row };
    }
    if (!best) return null;
    const a = best.row[0], b = best.row[best.row.length - 1];
    const per = (b.t - a.t) / (b.x - a.x);
    return { y: best.y, labels: best.row, unit, time: (x) => a.t + (x - a.x) * per, at: (t) => a.x + (t - a.t) / per };
  }

  // The axes that belong to that scale: the lowest point of their line is just above it.
  function findPanel(svg, scale) {
    let best = null;
    for (const path of svg.querySelectorAll("path")) {
      const b = path.getBBox();
      if (b.width < 800 || b.y + b.height > scale.y) continue;
      if (!best || b.width * b.height > best.width * best.height) best = b;
    }
    return best && { left: best.x, right: best.x + best.width, top: best.y, bottom: best.y + best.height };
  }

  // Numbers for an axis: 1, 2 or 5 times a power of ten apart.
  function tics(from, to) {
    const raw = (to - from) / 7, power = Math.pow(10, Math.floor(Math.log10(raw)));
    const step = [1, 2, 5, 10].map((k) => k * power).find((s) => s >= raw);
    const all = [];
    for (let t = Math.ceil(from / step) * step; t <= to + step * 1e-9; t += step) all.push(t);
    return { all, digits: Math.max(0, Math.min(9, -Math.floor(Math.log10(step) + 1e-9))) };
  }

  let count = 0;

  function zoomable(figure) {
    const svg = figure.querySelector("svg.plot");
    const scale = svg && findScale(svg);
    const panel = scale && findPanel(svg, scale);
    if (!panel) return;
    figure.classList.add("live");

    // What is drawn within the axes goes into a group that is stretched and cut off at their ends.
    const id = "cut" + ++count, width = panel.right - panel.left;
    const defs = make("defs", {}, svg), clip = make("clipPath", { id }, defs);
    make("rect", { x: panel.left, y: 0, width, height: scale.y - 12 }, clip);
    const canvas = svg.querySelector("g"), frame = make("g", { "clip-path": "url(#" + id + ")" }, svg);
    const inner = make("g", {}, frame);
    const parts = [];
    for (const child of Array.from(canvas.children)) {
      let box = null;
      try { box = child.getBBox(); } catch (e) { continue; }
      const empty = box.width === 0 && box.height === 0;
      const within = box.x >= panel.left - 12 && box.x + box.width <= panel.right + 12 &&
        box.y + box.height <= panel.bottom + 12;
      if (!empty && within) parts.push(child);
    }
    canvas.parentNode.insertBefore(frame, canvas);
    for (const part of parts) inner.appendChild(part);
    const texts = Array.from(inner.querySelectorAll("text")).map(place).filter((p) => p);
    const marks = Array.from(inner.querySelectorAll("use"));
    const front = make("g", {}, svg);
    const cursor = make("path", { class: "cursor", visibility: "hidden" }, front);
    const reading = make("text", { class: "reading", visibility: "hidden", y: panel.top - 8 }, front);
    const axis = make("g", {}, front);
    const reset = document.createElement("button");
    reset.className = "reset";
    reset.textContent = "whole picture";
    reset.hidden = true;
    figure.appendChild(reset);

    let k = 1, left = panel.left; // the stretch, and which x stands at the left end

    function show() {
      left = Math.max(panel.left, Math.min(panel.right - width / k, left));
      inner.setAttribute("transform", k === 1 ? "" : `translate(${panel.left - left * k} 0) scale(${k} 1)`);
      inner.setAttribute("class", k === 1 ? "" : "zoomed");
      for (const p of texts) p.at.setAttribute("transform", `translate(${p.x},${p.y}) scale(${1 / k},1)`);
      for (const m of marks) m.style.transformBox = "fill-box";
      for (const l of scale.labels) l.text.setAttribute("visibility", k === 1 ? "visible" : "hidden");
      axis.replaceChildren();
      reset.hidden = k === 1;
      if (k === 1) return;
      const from = scale.time(left), to = scale.time(left + width / k), t = tics(from, to);
      for (const at of t.all) {
        const x = panel.left + (scale.at(at) - left) * k;
        make("path", { d: `M${x} ${panel.bottom}v8`, class: "cursor", "stroke-dasharray": "none" }, axis);
        make("text", { x, y: scale.y, "text-anchor": "middle", class: "tic" }, axis).textContent =
          at.toFixed(t.digits);
      }
    }

    function pointer(event) { // in the picture's own units
      const b = svg.getBoundingClientRect(), v = svg.viewBox.baseVal;
      return { x: v.x + (event.clientX - b.left) * v.width / b.width, y: v.y + (event.clientY - b.top) * v.height / b.height };
    }
    const inside = (p) => p.x >= panel.left && p.x <= panel.right && p.y >= panel.top && p.y <= scale.y;
    const original = (x) => left + (x - panel.left) / k;

    svg.addEventListener("wheel", (event) => {
      const p = pointer(event);
      if (!inside(p) || (event.deltaY > 0 && k === 1)) return; // the page scrolls on
      event.preventDefault();
      const at = original(p.x);
      k = Math.max(1, Math.min(1000, k * Math.pow(1.0018, -event.deltaY)));
      if (k < 1.02) k = 1;
      left = at - (p.x - panel.left) / k;
      show();
    }, { passive: false });

    let drag = null;
    svg.addEventListener("pointerdown", (event) => {
      const p = pointer(event);
      if (k > 1 && inside(p)) {
        drag = { x: p.x, left };
        svg.setPointerCapture(event.pointerId);
      }
    });
    svg.addEventListener("pointerup", () => { drag = null; });
    svg.addEventListener("pointermove", (event) => {
      const p = pointer(event);
      if (drag) {
        left = drag.left - (p.x - drag.x) / k;
        show();
      }
      const seen = inside(p) ? "visible" : "hidden";
      cursor.setAttribute("visibility", seen);
      reading.setAttribute("visibility", seen);
      cursor.setAttribute("d", `M${p.x} ${panel.top}V${panel.bottom}`);
      const digits = Math.max(0, 4 - Math.floor(Math.log10(Math.abs(scale.time(panel.right) - scale.time(panel.left)) / k)));
      const right = p.x > panel.right - 150;
      reading.setAttribute("x", p.x + (right ? -6 : 6));
      reading.setAttribute("text-anchor", right ? "end" : "start");
      reading.setAttribute("y", panel.bottom - 10);
      reading.textContent = scale.time(original(p.x)).toFixed(Math.min(9, digits)) + " " + scale.unit;
    });
    svg.addEventListener("pointerleave", () => {
      cursor.setAttribute("visibility", "hidden");
      reading.setAttribute("visibility", "hidden");
    });
    function whole() { k = 1; left = panel.left; show(); }
    svg.addEventListener("dblclick", whole);
    reset.addEventListener("click", whole);
    window.addEventListener("beforeprint", whole);
  }

  // Only what is looked at: a page of many runs has hundreds of pictures.
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (entry.isIntersecting) {
        seen.unobserve(entry.target);
        zoomable(entry.target);
      }
    }
  }, { rootMargin: "300px" });
  document.querySelectorAll("figure.zooms").forEach((f) => seen.observe(f));
})();
