import { Component } from "../core/component.js";
import { fill, h, svg } from "../core/dom.js";
import { day, number } from "../core/format.js";
import { texts } from "../texts.js";

const HEIGHT = 100;
const BAR = 0.72;

const words = texts.settings.usage;

/**
 * Tokens by day as bars. `days` is set before it comes onto the page: every day of the period with
 * `inputTokens` and `outputTokens`. Whoever does not see it has the table.
 */
class DayChart extends Component {
  days = [];

  start() {
    const { days } = this;
    const most = Math.max(1, ...days.map(total));
    const label = words.chart(day(days[0].day), day(days.at(-1).day), number(most));
    fill(
      this,
      h(
        "div",
        { class: "legend" },
        h("span", { class: "key input" }, words.input),
        h("span", { class: "key output" }, words.output),
        h("span", { class: "most" }, words.most(number(most))),
      ),
      svg(
        "svg",
        { viewBox: `0 0 ${days.length} ${HEIGHT}`, preserveAspectRatio: "none", role: "img", "aria-label": label },
        days.map((each, at) => bars(each, at, HEIGHT / most)),
      ),
      h("div", { class: "ends" }, h("span", {}, day(days[0].day)), h("span", {}, day(days.at(-1).day))),
    );
  }
}

function bars(used, at, scale) {
  const { inputTokens: input, outputTokens: output } = used;
  const x = at + (1 - BAR) / 2;
  const bar = (name, from, height) =>
    svg("rect", { class: name, x, y: HEIGHT - from - height, width: BAR, height });
  return svg(
    "g",
    {},
    svg("title", {}, words.ofDay(day(used.day), number(input), number(output))),
    svg("rect", { class: "whole", x: at, y: 0, width: 1, height: HEIGHT }),
    bar("input", 0, input * scale),
    bar("output", input * scale, output * scale),
  );
}

function total({ inputTokens, outputTokens }) {
  return inputTokens + outputTokens;
}

customElements.define("day-chart", DayChart);
