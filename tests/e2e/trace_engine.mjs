// Loads a trace by the engine of Chrome's performance panel, and prints the tracks that it draws, as JSON.
//
//     node trace_engine.mjs ENGINE TRACE      ENGINE: folder of the npm package @paulirish/trace_engine
//
// {"processes": [NAME, ...], "bounds_us": [from, to], "tracks": [{"tid", "name", "slices": [{"name", "ts", "dur", "depth"}]}]}

import fs from 'node:fs';

const [engine, path] = process.argv.slice(2);
globalThis.DOMRect = class {};
const { TraceModel } = await import(`${engine}/models/trace/trace.js`);
const model = TraceModel.Model.createWithAllHandlers();
await model.parse(JSON.parse(fs.readFileSync(path, 'utf8')).traceEvents);
const { Meta, Renderer } = model.parsedTrace().data;

const tracks = [];
for (const { threads } of Renderer.processes.values())
  for (const [tid, thread] of threads) {
    const slices = [];
    for (const [event, node] of Renderer.entryToNode)
      if (event.tid === tid) slices.push({ name: event.name, ts: event.ts, dur: event.dur ?? 0, depth: node.depth });
    tracks.push({ tid, name: thread.name, slices });
  }
const processes = [...Meta.processNames.values()].map((event) => event.args.name);
console.log(JSON.stringify({ processes, bounds_us: [Meta.traceBounds.min, Meta.traceBounds.max], tracks }));
