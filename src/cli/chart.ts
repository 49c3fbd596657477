/**
 * Charts of readings, as the command draws them.
 *
 * @module
 */
export { type ChartOptions, lineChart, lineChartSvg, type Series, sparkline } from "../_chart.ts";
