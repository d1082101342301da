// Solid cells and seen points, turned with the pointer. Everything that is drawn lies in the page itself.
(() => {
  const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const SIDES = [[-1, 0, 0], [1, 0, 0], [0, -1, 0], [0, 1, 0], [0, 0, -1], [0, 0, 1]];
  // Corners of a face as two triangles, along its two free axes.
  const QUAD = [[0, 0], [1, 0], [1, 1], [0, 0], [1, 1], [0, 1]];
  const SURFACE = `
    attribute vec3 place; attribute vec4 colour; uniform mat4 view; varying vec4 shown; uniform float size;
    void main() { gl_Position = view * vec4(place, 1.0); gl_PointSize = clamp(size / gl_Position.w, 1.0, 12.0); shown = colour; }`;
  const PAINT = "precision mediump float; varying vec4 shown; void main() { gl_FragColor = vec4(shown.rgb, 1.0); }";

  const start = (figure) => {
    const scene = JSON.parse(figure.dataset.scene);
    const canvas = figure.querySelector("canvas");
    const said = figure.querySelector(".said");
    const gl = canvas.getContext("webgl", { antialias: true, preserveDrawingBuffer: true });
    if (!gl) {
      canvas.hidden = true;
      said.textContent = "This browser cannot draw in 3D (no WebGL). The pictures on this page show the same from two sides.";
      return;
    }
    const [nx, ny, nz] = scene.shape;
    const edge = [0, 1, 2].map((k) => (scene.high[k] - scene.low[k]) / scene.shape[k]);
    const { middle, reach } = scene;
    const layers = scene.layers.map((layer) => ({
      colour: layer.colour, cells: bytes(layer.cells), confidence: bytes(layer.confidence), on: true,
    }));
    const points = new Float32Array(bytes(scene.points).buffer);
    const pointColours = bytes(scene.colours);
    const boxes = [...figure.querySelectorAll("input[data-layer]")];
    const names = [...figure.querySelectorAll("[data-name]")].map((element) => element.textContent);
    const least = figure.querySelector("input[type=range]");
    const seen = figure.querySelector("input[data-points]");
    const FAR = 1.25 * reach;
    const state = { turn: 0.45, tilt: 0.5, far: FAR, at: [...middle] };

    const compile = (kind, source) => {
      const shader = gl.createShader(kind);
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      return shader;
    };
    const program = gl.createProgram();
    gl.attachShader(program, compile(gl.VERTEX_SHADER, SURFACE));
    gl.attachShader(program, compile(gl.FRAGMENT_SHADER, PAINT));
    gl.linkProgram(program);
    gl.useProgram(program);
    const view = gl.getUniformLocation(program, "view");
    const size = gl.getUniformLocation(program, "size");
    const place = gl.getAttribLocation(program, "place");
    const colour = gl.getAttribLocation(program, "colour");
    gl.enableVertexAttribArray(place);
    gl.enableVertexAttribArray(colour);
    gl.enable(gl.DEPTH_TEST);

    // A mesh holds places (3 floats) and colours (4 bytes) of its corners.
    const mesh = (kind) => ({ kind, places: gl.createBuffer(), colours: gl.createBuffer(), count: 0 });
    const fill = (target, places, colours) => {
      gl.bindBuffer(gl.ARRAY_BUFFER, target.places);
      gl.bufferData(gl.ARRAY_BUFFER, places, gl.STATIC_DRAW);
      gl.bindBuffer(gl.ARRAY_BUFFER, target.colours);
      gl.bufferData(gl.ARRAY_BUFFER, colours, gl.STATIC_DRAW);
      target.count = places.length / 3;
    };
    const solid = mesh(gl.TRIANGLES), cloud = mesh(gl.POINTS), lines = mesh(gl.LINES);
    // Which layer fills a cell (0 none), and how surely.
    const owner = new Uint16Array(nx * ny * nz), sure = new Uint8Array(nx * ny * nz);
    const index = (x, y, z) => (x * ny + y) * nz + z;

    const light = [-0.43, 0.34, 0.84];
    const build = () => {
      owner.fill(0);
      const limit = 255 * Number(least.value);
      layers.forEach((layer, number) => {
        if (!layer.on) return;
        for (let k = 0; k < layer.confidence.length; k++) {
          if (layer.confidence[k] < limit) continue;
          const at = index(layer.cells[3 * k], layer.cells[3 * k + 1], layer.cells[3 * k + 2]);
          if (owner[at] && sure[at] > layer.confidence[k]) continue;
          owner[at] = number + 1;
          sure[at] = layer.confidence[k];
        }
      });
      const places = [], colours = [];
      for (let x = 0; x < nx; x++) for (let y = 0; y < ny; y++) for (let z = 0; z < nz; z++) {
        const at = index(x, y, z), own = owner[at];
        if (!own) continue;
        const share = 0.35 + 0.65 * sure[at] / 255;
        SIDES.forEach(([i, j, k], side) => {
          const outside = x + i < 0 || x + i >= nx || y + j < 0 || y + j >= ny || z + k < 0 || z + k >= nz;
          if (!outside && owner[index(x + i, y + j, z + k)] === own) return;
          const axis = side >> 1, first = axis === 0 ? 1 : 0, second = axis === 2 ? 1 : 2;
          const shade = 0.55 + 0.45 * Math.max(0, i * light[0] + j * light[1] + k * light[2]);
          const paint = layers[own - 1].colour.map((part) => Math.round(255 * shade * (share * part + (1 - share) * 0.6)));
          for (const corner of QUAD) {
            const cell = [x, y, z];
            cell[axis] += side % 2;
            cell[first] += corner[0];
            cell[second] += corner[1];
            for (let m = 0; m < 3; m++) places.push(scene.low[m] + cell[m] * edge[m]);
            colours.push(...paint, 255);
          }
        });
      }
      fill(solid, new Float32Array(places), new Uint8Array(colours));
      canvas.dataset.faces = String(places.length / 18);
    };

    const frame = () => {
      const [a, b] = [scene.low, scene.high];
      const ends = [];
      const line = (from, to) => ends.push(...from, ...to);
      // The grid's floor, and the camera as a small pyramid that looks ahead.
      const floor = [[a[0], a[1]], [b[0], a[1]], [b[0], b[1]], [a[0], b[1]]].map(([x, y]) => [x, y, a[2]]);
      floor.forEach((corner, k) => line(corner, floor[(k + 1) % 4]));
      const ahead = 0.06 * reach, wide = 0.04 * reach;
      const screen = [[1, 1], [-1, 1], [-1, -1], [1, -1]].map(([y, z]) => [
        scene.eye[0] + ahead, scene.eye[1] + wide * y, scene.eye[2] + 0.75 * wide * z]);
      screen.forEach((corner, k) => { line(scene.eye, corner); line(corner, screen[(k + 1) % 4]); });
      const grey = new Uint8Array((ends.length / 3) * 4).fill(128);
      fill(lines, new Float32Array(ends), grey);
    };

    const cross = (a, b) => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
    const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
    const axes = () => {
      const toward = [-Math.cos(state.turn) * Math.cos(state.tilt), -Math.sin(state.turn) * Math.cos(state.tilt), Math.sin(state.tilt)];
      const right = [Math.sin(state.turn), -Math.cos(state.turn), 0];
      return { toward, right, up: cross(toward, right), from: state.at.map((value, k) => value + state.far * toward[k]) };
    };
    const FOCAL = 2.2;
    const draw = () => {
      const ratio = Math.min(window.devicePixelRatio || 1, 2);
      const width = Math.round(canvas.clientWidth * ratio), height = Math.round(canvas.clientHeight * ratio);
      if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
      const { toward, right, up, from } = axes();
      const near = 0.02 * reach, end = 10 * reach, aspect = width / Math.max(height, 1);
      const rows = [right, up, toward].map((axis) => [...axis, -dot(axis, from)]);
      const [r, u, t] = [rows[0].map((v) => v * FOCAL / aspect), rows[1].map((v) => v * FOCAL), rows[2]];
      const deep = t.map((v, k) => -v * (end + near) / (end - near) - (k === 3 ? 2 * end * near / (end - near) : 0));
      const matrix = [];
      for (let k = 0; k < 4; k++) matrix.push(r[k], u[k], deep[k], -t[k]);
      const paper = getComputedStyle(canvas).backgroundColor.match(/[\d.]+/g).map(Number);
      gl.viewport(0, 0, width, height);
      gl.clearColor(paper[0] / 255, paper[1] / 255, paper[2] / 255, 1);
      gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
      gl.uniformMatrix4fv(view, false, matrix);
      gl.uniform1f(size, 0.012 * height * 1.2);
      for (const one of [solid, lines, ...(seen.checked ? [cloud] : [])]) {
        if (!one.count) continue;
        gl.bindBuffer(gl.ARRAY_BUFFER, one.places);
        gl.vertexAttribPointer(place, 3, gl.FLOAT, false, 0, 0);
        gl.bindBuffer(gl.ARRAY_BUFFER, one.colours);
        gl.vertexAttribPointer(colour, 4, gl.UNSIGNED_BYTE, true, 0, 0);
        gl.drawArrays(one.kind, 0, one.count);
      }
    };
    let asked = false;
    const redraw = () => {
      if (asked) return;
      asked = true;
      requestAnimationFrame(() => { asked = false; draw(); });
    };

    // What lies under the pointer: the ray is followed in steps of a third of a cell.
    const under = (event) => {
      const box = canvas.getBoundingClientRect(), { toward, right, up, from } = axes();
      const h = (2 * (event.clientX - box.left) / box.width - 1) * (box.width / box.height) / FOCAL;
      const v = (1 - 2 * (event.clientY - box.top) / box.height) / FOCAL;
      const ray = [0, 1, 2].map((k) => right[k] * h + up[k] * v - toward[k]);
      const step = Math.min(...edge) / 3 / Math.hypot(...ray);
      for (let s = 0; s < state.far + 4 * reach; s += step) {
        const spot = from.map((value, k) => value + s * ray[k]);
        const cell = spot.map((value, k) => Math.floor((value - scene.low[k]) / edge[k]));
        if (cell.some((value, k) => value < 0 || value >= scene.shape[k])) continue;
        const at = index(...cell);
        if (owner[at]) return { label: names[owner[at] - 1], sure: sure[at] / 255, spot };
      }
      return null;
    };
    const side = (y) => `${Math.abs(y).toFixed(2)} m to the ${y >= 0 ? "left" : "right"}`;
    const tell = (event) => {
      const found = under(event);
      said.textContent = found
        ? `${found.label}: ${found.sure.toFixed(2)} at ${found.spot[0].toFixed(2)} m ahead, ${side(found.spot[1])}, ${found.spot[2].toFixed(2)} m up`
        : "";
    };

    const turn = (x, y) => {
      state.turn += 0.008 * x;
      state.tilt = Math.max(-1.5, Math.min(1.5, state.tilt + 0.008 * y));
      redraw();
    };
    const shift = (x, y) => {
      const { right, up } = axes(), share = state.far / FOCAL / canvas.clientHeight * 2;
      state.at = state.at.map((value, k) => value - share * (x * right[k] - y * up[k]));
      redraw();
    };
    const zoom = (times) => {
      state.far = Math.max(0.1 * reach, Math.min(4 * reach, state.far * times));
      redraw();
    };
    const held = new Map();
    canvas.addEventListener("pointerdown", (event) => {
      held.set(event.pointerId, event);
      canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener("pointermove", (event) => {
      const before = held.get(event.pointerId);
      if (!before) return tell(event);
      const x = event.clientX - before.clientX, y = event.clientY - before.clientY;
      if (held.size === 2) {
        const other = [...held.values()].find((one) => one.pointerId !== event.pointerId);
        const apart = (one) => Math.max(1, Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY));
        zoom(apart(before) / apart(event));
        shift(x / 2, y / 2);
      } else if (event.shiftKey || event.buttons === 2) shift(x, y);
      else turn(x, y);
      held.set(event.pointerId, event);
    });
    ["pointerup", "pointercancel"].forEach((kind) => canvas.addEventListener(kind, (event) => held.delete(event.pointerId)));
    canvas.addEventListener("contextmenu", (event) => event.preventDefault());
    canvas.addEventListener("wheel", (event) => {
      // The page scrolls on until the drawing was clicked.
      if (document.activeElement !== canvas) return;
      event.preventDefault();
      zoom(Math.exp(0.001 * event.deltaY));
    }, { passive: false });
    const keys = {
      ArrowLeft: () => turn(-12, 0), ArrowRight: () => turn(12, 0), ArrowUp: () => turn(0, 12), ArrowDown: () => turn(0, -12),
      "+": () => zoom(0.9), "=": () => zoom(0.9), "-": () => zoom(1.1),
    };
    canvas.addEventListener("keydown", (event) => {
      if (!keys[event.key]) return;
      event.preventDefault();
      keys[event.key]();
    });
    const sides = { camera: [0, 0.12], left: [-1.45, 0.25], right: [1.45, 0.25], above: [0, 1.5] };
    figure.querySelectorAll("button[data-side]").forEach((button) => button.addEventListener("click", () => {
      [state.turn, state.tilt] = sides[button.dataset.side];
      [state.far, state.at] = [FAR, [...middle]];
      redraw();
    }));
    boxes.forEach((box, number) => box.addEventListener("change", () => {
      layers[number].on = box.checked;
      build();
      redraw();
    }));
    const limit = figure.querySelector("output");
    least.addEventListener("input", () => {
      limit.textContent = Number(least.value).toFixed(2);
      build();
      redraw();
    });
    seen.addEventListener("change", redraw);
    new ResizeObserver(redraw).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);

    const four = new Uint8Array((pointColours.length / 3) * 4).fill(255);
    for (let k = 0; k < pointColours.length / 3; k++) for (let m = 0; m < 3; m++) four[4 * k + m] = pointColours[3 * k + m];
    fill(cloud, points, four);
    frame();
    build();
    draw();
  };
  document.querySelectorAll(".solids").forEach(start);
})();
