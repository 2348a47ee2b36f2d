#!/bin/bash
# ECharts: the whiskers of its boxplot end at the limits for outliers, where no value was measured.
#
# Expected: a whisker goes to the last value within 1.5 interquartile ranges of the box, as in R, matplotlib, gnuplot,
#   Vega-Lite and the books.
# Seen: it goes to the limit itself: of 10, 20 to 100 and 1000 the box is 35 to 85, and the upper whisker ends at 160,
#   although the largest value that is no outlier is 100. Only where the extreme value is within the limit does the
#   whisker end at a value, so that one outlier makes its whisker longer.
#     low 10, box 35 60 85, high 160, outlier 1000
# Why it matters: item times have a long tail, so that nearly every box has outliers above: the whisker, which is read
#   as "the slowest ordinary item", is made up there, and symmetric to nothing. A program with one disturbed item looks
#   more variable than one without, by more than that item. Give the five numbers instead of the transform.
# Packages: npm echarts 6.1.0, with Node 20.
# Exit: 0 as described, 1 changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --prefix "$work" echarts@6.1.0

cat > box.mjs <<'JS'
import * as echarts from 'echarts';

const values = [10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 1000];
const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: 400, height: 300 });
chart.setOption({
    dataset: [{ source: [values] }, { transform: { type: 'boxplot' } },
              { fromDatasetIndex: 1, fromTransformResult: 1 }],
    xAxis: { type: 'category' },
    yAxis: {},
    series: [{ type: 'boxplot', datasetIndex: 1 }, { type: 'scatter', datasetIndex: 2 }],
});
const [boxes, outliers] = [0, 1].map((index) => chart.getModel().getSeriesByIndex(index).getData());
const box = ['Low', 'Q1', 'Q2', 'Q3', 'High'].map((name) => boxes.get(name, 0));
const outlier = outliers.get(outliers.dimensions[1], 0);
console.log(`low ${box[0]}, box ${box.slice(1, 4).join(' ')}, high ${box[4]}, ${outliers.count()} outlier: ${outlier}`);
process.exit(box.join() === '10,35,60,85,160' && outliers.count() === 1 ? 0 : 1);
JS
node box.mjs
